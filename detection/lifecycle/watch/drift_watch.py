"""The daily check of each series for drift: its newest month against the three before, kept as a report.

Beside the data's tests a report holds the model's: have the errors of its forecasts grown, does its range still hold?
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from detection import frames
from detection.lifecycle.watch.degradation import lately
from detection.models import DriftReport, Series
from detection.timeseries.grid import NotEnoughDataError
from ingestion.models import Station, Variable
from ingestion.newest import newest_at

if TYPE_CHECKING:
    import pandas as pd

    from detection.drift import DriftResult

CURRENT = timedelta(hours=720)
REFERENCE = timedelta(hours=2160)
UNWATCHED = timedelta(days=7)  # that the first check judges
SAME = timedelta(days=7)  # drift dated so near to an earlier report's is the same
KNOWN = timedelta(days=45)  # for so long drift that was reported is no news
PLOTTED = (0.05, 0.5, 0.95)
DIGITS = 3
_in_vain: dict[Any, datetime] = {}  # series → the newest reading at which there was too little to compare
TOO_LITTLE = "There is too little to compare yet: a check holds the newest month against the three before it."


def check_station(slug: str) -> list[DriftReport]:
    """Check each series that was not checked on this day of readings; returns the new reports."""
    newest = newest_at(slug)
    if newest is None:
        return []
    checked = DriftReport.objects.filter(series__startswith=f"{slug}/", day=newest.date())
    done = set(checked.values_list("series", flat=True))
    there = Series.objects.filter(station=slug, is_active=True)
    due = [one for one in there if one.key not in done and _in_vain.get(one.pk) != newest]
    if not due:
        return []
    station = Station.objects.get(slug=slug)
    frame = frames.with_neighbours(station, newest - REFERENCE - CURRENT, newest)
    found = [_check(series, station, frame, newest) for series in due]
    return [report for report in found if report is not None]


def windows(slug: str, newest: datetime) -> pd.DataFrame:
    """The station's readings that a check at `newest` looks at; `split` parts them."""
    return frames.load(slug, newest - REFERENCE - CURRENT, newest)


def split(frame: pd.DataFrame, newest: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The reference, and the newest window."""
    cut = newest - CURRENT
    return frame.loc[: cut - timedelta(microseconds=1)], frame.loc[cut:]


def newest_reports(slug: str) -> list[DriftReport]:
    """The last report of each series of a station."""
    found: dict[str, DriftReport] = {}
    for report in DriftReport.objects.filter(series__startswith=f"{slug}/").order_by("day"):
        found[report.series] = report
    return [found[key] for key in sorted(found)]


def _check(series: Series, station: Station, frame: pd.DataFrame, newest: datetime) -> DriftReport | None:
    """None where there is too little to compare, as in the first weeks after a change that was learnt."""
    from detection.drift import check

    frame = frames.of_series(frame, series.variable) if series.variable in frame else frame
    known = frame.loc[series.window_starts_at :] if series.window_starts_at else frame
    reference, current = split(known, newest)
    try:
        every = _since_last(series.key, newest)
        result = check(reference, current, series.variable, station.timezone, every, station.expected_interval)
    except NotEnoughDataError:  # until the next reading: another try each minute would read months and say the same
        _in_vain[series.pk] = newest
        return None
    judged = lately(series, newest)
    values = _values(series, result, newest) | {"plot": plot(known[series.variable])}
    values["tests"] += judged.tests() if judged else []
    report, _ = DriftReport.objects.get_or_create(series=series.key, day=newest.date(), defaults=values)
    return report


def _since_last(key: str, newest: datetime) -> timedelta:
    """What no check has judged yet: each moment is judged once."""
    last = DriftReport.objects.filter(series=key, at__lt=newest).order_by("-at").values_list("at", flat=True).first()
    return min(newest - last, CURRENT) if last else UNWATCHED


def _values(series: Series, result: DriftResult, newest: datetime) -> dict[str, Any]:
    since = result.since.to_pydatetime() if result.since is not None else None
    variable = Variable.objects.filter(code=series.variable).first() or Variable(name=series.variable)
    names = variable.name, variable.name_ur or variable.name
    english, urdu = result.sentences(*names, counted=variable.is_pollutant)
    return {
        "at": newest,
        "verdict": result.verdict,
        "reason": result.reason,
        "since": since,
        "factor": result.factor,
        "is_new": result.verdict == DriftReport.Verdict.DRIFT and _is_new(series.key, result.reason, since, newest),
        "tests": result.table(),
        "sentence": english,
        "sentence_ur": urdu,
    }


def _is_new(key: str, reason: str, since: datetime | None, newest: datetime) -> bool:
    """Whether no earlier report tells of the same change."""
    earlier = DriftReport.objects.filter(
        series=key, verdict=DriftReport.Verdict.DRIFT, is_new=True, at__gte=newest - KNOWN
    )
    return not any(_same(report, reason, since, newest) for report in earlier)


def _same(report: DriftReport, reason: str, since: datetime | None, newest: datetime) -> bool:
    """A change of level is seen at once, undated, and dated by another test a week later: that is no second change."""
    near = abs((report.since or report.at) - (since or newest)) <= SAME
    return near or (report.reason == reason and None in (report.since, since))


def plot(values: pd.Series) -> dict[str, list[Any]]:
    """Quantiles of each day, for the page's chart; days without a reading are left out."""
    days = values.dropna().groupby(lambda at: at.date().isoformat()).quantile(list(PLOTTED)).unstack()
    columns = {f"q{round(100 * share):02d}": days[share].round(DIGITS).tolist() for share in PLOTTED}
    return {"days": days.index.tolist(), **columns}
