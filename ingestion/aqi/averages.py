"""From a series of readings to the averages that a standard asks for. No pandas in here: a frame is only
read.

All windows look back from the row that they belong to, so nothing later than a row is ever used. Series of 15
minutes or one minute are first averaged to hours: hour k of a row at t is the mean of what lies in (t - (k+1)
h, t - k h].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingestion.aqi.index import aqi
from ingestion.aqi.result import AqiResult
from ingestion.aqi.standard import standard
from ingestion.aqi.table import Floats
from ingestion.aqi.times import utc64

if TYPE_CHECKING:
    import pandas as pd

HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=24)  # no standard looks further back
HOURS: Final = {"24h": 24, "8h": 8, "1h": 1}
NOWCAST_HOURS: Final = 12
NOWCAST_RECENT: Final = 3  # of these newest hours …
NOWCAST_NEEDED: Final = 2  # … so many must be there
NOWCAST_LEAST_WEIGHT: Final = 0.5
HOUR_COMPLETENESS: Final = 0.75  # of the rows that an hour of a finer series should have
BLOCK: Final = 32_768  # rows worked on at a time, so that memory stays flat on years of minutes


def aqi_of(code: str, frame: pd.DataFrame, *, interval: timedelta = HOUR, last: int | None = None) -> AqiResult:
    """The index of each row of a frame (or of its `last` rows), averaged and under the edition of its time.

    The frame is the project's: tz-aware UTC index, one column per variable in µg/m³, NaN for missing.
    """
    return aqi(code, averages(code, frame, interval=interval, last=last), frame.index[-(last or len(frame)) :])


def averages(
    code: str, frame: pd.DataFrame, *, interval: timedelta = HOUR, last: int | None = None
) -> dict[str, Floats]:
    """`averages_at` for each row of a frame, or for its `last` rows alone, which look back on the others."""
    values = {str(name): frame[name].to_numpy() for name in frame.columns}
    times = utc64(frame.index)
    return averages_at(code, times, values, at=times[-(last or len(times)) :], interval=interval)


def averages_at(
    code: str,
    times: ArrayLike,
    values: Mapping[str, ArrayLike],
    *,
    at: ArrayLike,
    interval: timedelta = HOUR,
) -> dict[str, Floats]:
    """Key (`pm2_5:nowcast`) → averages in µg/m³ at the times `at`, for what the standard knows of `values`.

    `times`: sorted datetime64 in UTC, `values`: arrays of that length. A single reading needs the 24 hours
    before it. `interval`: the expected distance of the readings. Up to an hour, readings are averaged to
    hours, and an hour needs 75 % of its readings. A longer interval makes longer steps: a three-hour series
    has eight of them in 24 hours, no 1-hour mean and no NowCast. A mean needs the standard's completeness (75
    %; India 16 of 24 hours), else NaN.
    """
    scale = standard(code)
    moments, wanted = (np.asarray(t, dtype="datetime64[us]") for t in (times, at))
    parts = [
        _averages(scale.keys, scale.latest.completeness, moments, values, wanted[start : start + BLOCK], interval)
        for start in range(0, max(len(wanted), 1), BLOCK)
    ]
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _averages(
    keys: Mapping[str, Any],
    completeness: float,
    times: NDArray[np.datetime64],
    values: Mapping[str, ArrayLike],
    at: NDArray[np.datetime64],
    interval: timedelta,
) -> dict[str, Floats]:
    step = max(interval, HOUR)
    known = {key: table for key, table in keys.items() if table.pollutant in values}
    edges = bin_edges(times, at, step, LONGEST // step)
    steps = {
        name: bin_means(np.asarray(values[name], dtype=np.float64), edges, _rows_needed(step, interval))
        for name in {table.pollutant for table in known.values()}
    }
    out: dict[str, Floats] = {}
    for key, table in known.items():
        if table.averaging == "15min":
            out[key] = _highest_quarter(times, np.asarray(values[table.pollutant], dtype=np.float64), at, interval)
        elif table.averaging == "nowcast":
            out[key] = nowcast(steps[table.pollutant]) if step == HOUR else np.full(len(at), np.nan)
        else:
            out[key] = mean(steps[table.pollutant], timedelta(hours=HOURS[table.averaging]) // step, completeness)
    return out


def nowcast(hours: ArrayLike) -> Floats:
    """EPA's NowCast of PM2.5 or PM10, not truncated (the index does that).

    `hours`: (rows, hours) or (hours,), newest first; the first twelve are used. The weight is the ratio of
    the smallest to the largest of them, at least one half. NaN where fewer than two of the three newest hours
    are there. Source: EPA, Technical Assistance Document for the Reporting of Daily Air Quality; AirNow,
    "NowCast for PM".
    """
    window = np.asarray(hours, dtype=np.float64)[..., :NOWCAST_HOURS]
    there = window >= 0  # false for NaN
    largest = np.max(window, axis=-1, where=there, initial=0.0)
    smallest = np.min(window, axis=-1, where=there, initial=np.inf)
    with np.errstate(invalid="ignore"):
        ratio = np.where(largest > 0, smallest / np.where(largest > 0, largest, 1.0), 1.0)
    weight = np.maximum(ratio, NOWCAST_LEAST_WEIGHT)[..., None] ** np.arange(window.shape[-1])
    weight = np.where(there, weight, 0.0)
    enough = there[..., :NOWCAST_RECENT].sum(axis=-1) >= NOWCAST_NEEDED
    total = np.where(enough, weight.sum(axis=-1), np.nan)
    return np.asarray((np.where(there, window, 0.0) * weight).sum(axis=-1) / total)


def mean(steps: Floats, count: int, completeness: float) -> Floats:
    """The mean of the newest `count` columns of (rows, steps); NaN where too few are there, or count is 0."""
    window = steps[:, :count]
    there = ~np.isnan(window)
    found = there.sum(axis=1)
    enough = (found >= ceil(completeness * count - 1e-3)) & (found > 0)
    return np.asarray(np.where(there, window, 0.0).sum(axis=1) / np.where(enough, found, np.nan))


def bin_edges(
    times: NDArray[np.datetime64], at: NDArray[np.datetime64], width: timedelta, count: int
) -> NDArray[np.intp]:
    """(len(at), count + 1) positions in `times`: column k is the first one later than at - k · width."""
    back = np.arange(count + 1) * np.timedelta64(width)
    return np.searchsorted(times, at[:, None] - back[None, :], side="right")


def bin_means(values: Floats, edges: NDArray[np.intp], needed: int) -> Floats:
    """(rows, bins) newest first: the mean of each bin, NaN where fewer than `needed` values are there.

    A negative value is no concentration and counts as missing, as it does for `aqi`.
    """
    there = values >= 0  # false for NaN
    low, high = edges[:, 1:], edges[:, :-1]
    total = _sums(np.where(there, values, 0.0), low, high)
    running = np.concatenate(([0], np.cumsum(there)))
    found = running[high] - running[low]
    return np.asarray(total / np.where(found >= needed, found, np.nan))


def _sums(values: Floats, low: NDArray[np.intp], high: NDArray[np.intp]) -> Floats:
    """Sums of values[low:high], bin by bin: differences of one running sum would lose the last digits.

    Where a bin is empty the sum means nothing; its caller knows by the count.
    """
    pairs = np.stack([low, high], axis=-1).ravel()
    return np.asarray(np.add.reduceat(np.concatenate((values, [0.0])), pairs)[::2].reshape(low.shape))


def _rows_needed(width: timedelta, interval: timedelta) -> int:
    return max(1, ceil(HOUR_COMPLETENESS * (width / interval) - 1e-6))


def _highest_quarter(
    times: NDArray[np.datetime64], values: Floats, at: NDArray[np.datetime64], interval: timedelta
) -> Floats:
    """The highest 15-minute mean of the hour; NaN for a series that is coarser than that."""
    if interval > QUARTER:
        return np.full(len(at), np.nan)
    quarters = bin_means(values, bin_edges(times, at, QUARTER, 4), _rows_needed(QUARTER, interval))
    enough = (~np.isnan(quarters)).sum(axis=1) >= _rows_needed(HOUR, QUARTER)
    highest = np.max(quarters, axis=1, where=~np.isnan(quarters), initial=-np.inf)
    return np.where(enough, highest, np.nan)
