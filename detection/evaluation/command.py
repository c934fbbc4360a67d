"""The command line of the evaluation: what it takes, what it runs, how it prints."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from detection.detectors.base import KARACHI
from detection.evaluation.files import Loaded, read_csv, read_windows
from detection.evaluation.protocol import TEST, regular
from detection.evaluation.report import KINDS, Task, evaluate
from detection.timeseries.columns import companions_of
from detection.timeseries.injection import APART, Event

EVENTS, SPLITS = 20, 4
MOST_EVENTS = int(TEST / timedelta(hours=APART))  # what fits into half a year
COLUMNS = (
    ("detector", 28),
    ("F1", 6),
    ("FA/wk", 6),
    ("prec.", 6),
    ("recall", 7),
    ("delay", 8),
    ("F1@1", 6),
    ("usual", 6),
    ("real .25", 9),
    ("real 1", 7),
    ("held .25", 9),
    ("VUS-PR", 7),
    ("best", 6),
    ("fit s", 7),
    ("µs/row", 7),
)

LEGEND = (
    "F1, FA/wk (false alarms a week), prec., recall, delay: at the threshold fixed beforehand for 0.25 a week; F1@1:",
    "for 1 a week; usual: at the threshold that people use uncalibrated; real: false alarms a week that came in the",
    "same months without events, where 0.25 and 1 were asked for; held: the same for 0.25 where the bar follows its",
    "own alarms, as it does in the service; best: F1 where each split has its best threshold in hindsight. The delay,",
    "from an event's beginning to the first alarm in it, is the median of those found.",
)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--csv", type=Path, help="file to evaluate")
    parser.add_argument("--time", help="column with the times (UTC unless they say otherwise)")
    parser.add_argument("--value", help="column to watch")
    parser.add_argument("--freq", default="1h", help="interval between readings, such as 5min or 3h; 1h by default")
    parser.add_argument("--zone", default=KARACHI, help="time zone of the sensor; %(default)s by default")
    parser.add_argument(
        "--neighbours", default="", help="columns with the same variable at other stations, comma-separated"
    )
    parser.add_argument("--alone", action="store_true", help="use no other column of the file")
    parser.add_argument("--inject", type=int, default=1, metavar="SEED", help="seed of the events that are put in")
    parser.add_argument(
        "--events", type=int, default=EVENTS, help="events per half year of test; %(default)s by default"
    )
    parser.add_argument(
        "--splits",
        type=int,
        default=SPLITS,
        help="overlapping two-year splits, where there is room, 1 for the newest two years; %(default)s by default",
    )
    parser.add_argument("--windows", type=Path, help="JSON list of [start, end] of labelled events; none are put in")
    parser.add_argument("--detectors", default="all", help="names, comma-separated, or all")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def run(options: Mapping[str, Any], stored: pd.DataFrame | None = None) -> dict[str, Any]:
    """Run with the options' values by name, on a stored frame or the CSV file.

    Raises ValueError, in one sentence, for anything that cannot be.
    """
    _check_counts(options)
    interval, value = interval_of(options["freq"]), options["value"]
    loaded = _with_companions_named(read(options, interval), value) if stored is None else _of_stored(stored, interval)
    task = Task(
        frame=loaded.frame,
        target=value,
        interval=interval,
        zone=zone_of(options["zone"]),
        seed=options["inject"],
        events=options["events"],
        splits=options["splits"],
        kinds=_kinds(options["detectors"]),
        windows=tuple(_windows(options, loaded.frame)),
    )
    return {"remarks": loaded.remarks, **evaluate(task)}


def _of_stored(frame: pd.DataFrame, interval: timedelta) -> Loaded:
    return Loaded(regular(frame, interval), [])


def _with_companions_named(loaded: Loaded, value: str) -> Loaded:
    """A column of labels, or an index made from the value, would tell the detectors what they are to find."""
    names = companions_of(value, [str(name) for name in loaded.frame])
    remark = f"Used beside it, as what was measured at the same place: {', '.join(names)}; --alone leaves them out."
    return Loaded(loaded.frame, [*loaded.remarks, remark] if names else loaded.remarks)


def _check_counts(options: Mapping[str, Any]) -> None:
    for name, least in (("events", 1), ("splits", 1), ("inject", 0)):
        if options[name] < least:
            raise ValueError(f"--{name} must be at least {least}, not {options[name]}.")
    if options["events"] > MOST_EVENTS:  # the search for free places would hardly end
        raise ValueError(
            f"--events must be at most {MOST_EVENTS}, not {options['events']}: they lie {APART:.0f} hours apart."
        )


def _windows(options: Mapping[str, Any], frame: pd.DataFrame) -> list[Event]:
    if not options["windows"]:
        return []
    name = Path(options["csv"]).name if options["csv"] else options["value"]
    return read_windows(options["windows"], pd.DatetimeIndex(frame.index), name)


def read(options: Mapping[str, Any], interval: timedelta) -> Loaded:
    """The CSV file that the options name."""
    if not options["csv"] or not options["time"] or not options["value"]:
        raise ValueError("Name a file with --csv, its column of times with --time and its values with --value.")
    neighbours = [name for name in options["neighbours"].split(",") if name]
    return read_csv(
        Path(options["csv"]),
        options["time"],
        options["value"],
        interval,
        neighbours=neighbours,
        alone=options["alone"],
    )


def zone_of(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is no time zone; write for example Asia/Karachi.") from None


def interval_of(text: str) -> timedelta:
    try:
        interval: timedelta = pd.Timedelta(text).to_pytimedelta()
    except (ValueError, AttributeError):  # "nan" is read as a time that is none, which has no such method
        raise ValueError(f"{text!r} is no interval; write for example 5min, 1h or 3h.") from None
    if interval <= timedelta(0):
        raise ValueError("The interval must be longer than nothing.")
    return interval


def _kinds(text: str) -> tuple[str, ...]:
    if text == "all":
        return KINDS
    wanted = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in wanted or (text,) if name not in KINDS]
    if unknown:
        raise ValueError(f"There is no detector {unknown[0]!r}; there are: {', '.join(KINDS)}.")
    return wanted


def as_text(report: Mapping[str, Any]) -> str:
    """The report as tables."""
    parts = [
        *report["remarks"],
        _tested(report["series"]),
        _line([name for name, _ in COLUMNS]),
        *[_detector(row) for row in report["detectors"]],
        "",
        *[_found(row) for row in report["detectors"] if "skipped" not in row],
        "",
        *_plain("95 % bands on the last test", report["bands"]),
        "",
        *_plain("Forecast of the newest month, mean absolute error", report["forecast"]),
        "",
        *_plain("Comparison at one false alarm a week, clean test", report["comparison"]),
    ]
    return "\n".join([*parts, "", *LEGEND])


def _tested(series: Mapping[str, Any]) -> str:
    """Windows before the test are part of what is learnt and calibrated on: nobody would have labelled them yet."""
    inside = f"; {series['windows']} windows lie there, no other counts" if series["windows"] else ""
    return f"Tested: {', '.join(series['tests'])}{inside}."


def _line(cells: Sequence[object]) -> str:
    return "".join(f"{cell!s:<{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True)).rstrip()


def _detector(row: Mapping[str, Any]) -> str:
    if "skipped" in row:
        return f"{row['detector']:<28}skipped: {row['skipped']}"
    strict, loose, usual = row["at_0.25_a_week"], row["at_1.0_a_week"], row["at_usual_threshold"]
    return _line(
        [
            row["detector"],
            f"{strict['f1']:.2f}",
            f"{strict['false_alarms_a_week']:.2f}",
            f"{strict['precision']:.2f}",
            f"{strict['recall']:.2f}",
            "-" if strict["median_delay_hours"] is None else f"{strict['median_delay_hours']:.1f} h",
            f"{loose['f1']:.2f}",
            f"{usual['f1']:.2f}" if usual else "-",
            *[f"{realised:.2f}" for realised in row["realised_a_week"].values()],
            f"{row['held_a_week']['0.25']:.2f}" if row["held_a_week"] else "-",
            f"{row['vus_pr']:.3f}",
            f"{row['best_f1']:.2f}",
            f"{row['fit_seconds']:.2f}",
            f"{row['score_microseconds_a_row']:.0f}",
        ]
    )


def _found(row: Mapping[str, Any]) -> str:
    found = "  ".join(f"{kind} {share}" for kind, share in row["at_0.25_a_week"]["found"].items())
    return f"{row['detector']:<28}{found}"


def _plain(title: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return [f"{title}: none, because the history is too short."]
    return [title, *["  " + "  ".join(f"{name} {value}" for name, value in row.items()) for row in rows]]
