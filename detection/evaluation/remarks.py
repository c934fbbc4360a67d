"""What whoever reads an evaluation must know about the file, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd

from detection.timeseries.grid import LARGEST_VALUE, Floats

LONG_GAP = 10.0  # usual steps
OFF = 0.05  # by which the usual step may differ from the interval
SELDOM, FAR = 0.1, 1.5  # so seldom is a step shorter than so many intervals where the interval is wrong
MUCH_MISSING = 0.2
WHOLE_MINUTES_FROM = 600.0  # seconds


def remarks(at: pd.DatetimeIndex, values: Floats, interval: timedelta) -> list[str]:
    """On the rows as they stand in the file: their times (NaT = unreadable) and values (NaN = no number)."""
    known = at[at.notna()]
    return [*_of_times(at, known), *_of_steps(known.unique().sort_values(), interval), *_of_values(values)]


def check_interval(at: pd.DatetimeIndex, interval: timedelta) -> None:
    """Raise ValueError where rows hardly ever come as often as the interval says."""
    steps = _steps(at[at.notna()].unique().sort_values())
    if len(steps) and np.quantile(steps, SELDOM) > FAR * interval.total_seconds():
        usual, asked = float(np.median(steps)), interval.total_seconds()
        raise ValueError(
            f"A row comes every {_span(usual)}, the interval is {_span(asked)}: give --freq {_freq(usual)}."
        )


def _of_times(at: pd.DatetimeIndex, known: pd.DatetimeIndex) -> Iterator[str]:
    if len(known) < len(at):
        yield f"Rows whose time cannot be read: {len(at) - len(known)}; they are left out."
    if not known.is_monotonic_increasing:
        yield "The rows are not in order of time: they were sorted."
    if known.has_duplicates:
        yield f"Rows that repeat the time of another: {int(known.duplicated().sum())}; the first of them counts."


def _of_steps(known: pd.DatetimeIndex, interval: timedelta) -> Iterator[str]:
    if len(known) < 2:
        return
    steps = _steps(known)
    usual, asked = float(np.median(steps)), interval.total_seconds()
    if usual < (1 - OFF) * asked:
        yield f"A row usually comes every {_span(usual)}, the interval is {_span(asked)}: the first row of each counts."
    if steps.max() > LONG_GAP * max(usual, asked):
        yield f"The longest gap is {_span(float(steps.max()))}; nothing is put in or counted there."


def _steps(times: pd.DatetimeIndex) -> Floats:
    """Seconds from each time to the next."""
    return np.asarray((times[1:] - times[:-1]).total_seconds(), dtype=np.float64)


def _of_values(values: Floats) -> Iterator[str]:
    missing, absurd = np.isnan(values), np.abs(values) > LARGEST_VALUE
    if missing.any():
        share = f" ({missing.mean():.0%})" if missing.mean() > MUCH_MISSING else ""
        yield f"Values that are no number: {int(missing.sum())} of {len(values)}{share}."
    if absurd.any():
        yield f"Values beyond ±{LARGEST_VALUE:g}: {int(absurd.sum())}; always a fault, so left out of what is measured."


def _span(seconds: float) -> str:
    for size, unit in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} seconds"


def _freq(seconds: float) -> str:
    """As --freq takes it, in the largest unit without a fraction; a second more or less is no interval of its own."""
    exact = 60.0 * round(seconds / 60) if seconds >= WHOLE_MINUTES_FROM else seconds
    units = ((3600.0, "h"), (60.0, "min"))
    return next((f"{exact / size:.0f}{unit}" for size, unit in units if exact % size == 0), f"{exact:g}s")
