"""`manage.py eda`: the page “Explore” of a stored series or a file, as one HTML file that needs nothing else."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string

from dashboard.past import explore
from dashboard.past.hourly import Hourly, spread
from detection import frames
from detection.evaluation.command import interval_of, read, zone_of
from detection.management.sentences import EITHER, NAMED
from ingestion.models import Station, Variable

NEWEST = pd.Timedelta(days=365)
STYLE = "css/air.css"


class Command(BaseCommand):
    help = "Write distributions, gaps, seasons, autocorrelation and what goes together, for the newest year, as HTML."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--series", help="a stored series, such as lahore/pm2_5")
        parser.add_argument("--csv", type=Path, help="or a file, looked at with its other numeric columns")
        parser.add_argument("--time", help="the file's column of times (UTC unless they say otherwise)")
        parser.add_argument("--value", help="the file's column to look at")
        parser.add_argument(
            "--freq",
            default="1h",
            help="the file's interval between readings, such as 5min or 3h; %(default)s by default",
        )
        parser.add_argument("--zone", default="Asia/Karachi", help="the file's time zone; %(default)s by default")
        parser.add_argument(
            "--out", type=Path, default=Path("eda.html"), help="the page that is written; %(default)s by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["series"]) == bool(options["csv"]):
            raise CommandError(EITHER)
        try:
            name, frame, zone, interval = _stored(options["series"]) if options["series"] else self._file(options)
            frame = frame.loc[frame.index[-1] - NEWEST :]
            hourly, code = _hourly(frame, zone, interval), str(frame.columns[0])
            page = page_of(name, hourly, code, is_stored=bool(options["series"]))
            options["out"].write_text(page, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{frame.iloc[:, 0].count()} readings described in {options['out']}.")

    def _file(self, options: dict[str, Any]) -> tuple[str, pd.DataFrame, str, timedelta]:
        """What is odd about the file is said beside the page, which shows what is left."""
        interval = interval_of(options["freq"])
        loaded = read({**options, "neighbours": "", "alone": False}, interval)
        for remark in loaded.remarks:
            self.stderr.write(remark)
        return options["csv"].name, loaded.frame, zone_of(options["zone"]), interval


def page_of(name: str, found: Hourly, code: str, *, is_stored: bool) -> str:
    """The HTML about the column `code`, beside all others. A file's columns are called what it calls them."""
    if code not in found.columns:
        raise ValueError(f"{name} has no usable value in its newest year.")
    stored = Variable.objects.filter(code__in=list(found.columns)) if is_stored else ()
    known = {one.code: one for one in stored}
    variables = {one: known.get(one) or Variable(code=one, name=one) for one in found.columns}
    pairs = [
        (variables[other], *explore.together(found, variables, code, other)) for other in variables if other != code
    ]
    return render_to_string(
        "dashboard/eda.html",
        {
            "name": name,
            "style": Path(finders.find(STYLE)).read_text(encoding="utf-8"),
            "variable": variables[code],
            "bins": explore.bins(found.columns[code], variables[code]),
            "figures": explore.figures(found, variables),
            "apart": explore.apart(found, variables[code]),
            "pairs": pairs,
            "matrix": explore.matrix(found, variables),
        },
    )


def _stored(series: str) -> tuple[str, pd.DataFrame, str, timedelta]:
    slug, _, variable = series.partition("/")
    station, frame = Station.objects.filter(slug=slug).first(), frames.load(slug)
    if station is None or variable not in frame:
        raise ValueError(f"No reading of the series {series!r} is stored. {NAMED}")
    return series, frame[[variable, *frame.columns.drop(variable)]], station.timezone, station.expected_interval


def _hourly(frame: pd.DataFrame, zone: str, interval: timedelta) -> Hourly:
    """Hourly means by the wall clock; columns without a value are left out."""
    means = frame.resample("1h").mean()
    columns = {str(name): spread(means[name].to_numpy(float), interval) for name in means if means[name].notna().any()}
    return Hourly([at.to_pydatetime() for at in means.index.tz_convert(ZoneInfo(zone))], columns)
