"""Flags and AQI of a run of readings, computed together on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aqi_project import clock
from ingestion.aqi import aqi, averages_at
from ingestion.aqi.standard import DEFAULT
from ingestion.catalogue import specs_of
from ingestion.observation import Observation
from ingestion.quality.check import Checker

if TYPE_CHECKING:
    from ingestion.models import Station
    from ingestion.store import Row

Columns = dict[str, NDArray[np.float64]]


def judge(station: Station, rows: Sequence[Row], received_at: datetime | None) -> None:
    """Fill in flags, AQI and dominant pollutant of `rows`, which are one station's, sorted by time.

    `received_at` is given for what arrives live; a backfill says nothing about clocks.
    """
    codes = sorted({code for row in rows for code in row.values})
    _set_flags(station, rows, codes, received_at)
    columns = {code: np.array([_usable(row, code) for row in rows], dtype=np.float64) for code in codes}
    _set_aqi(station, rows, columns)


def _set_flags(station: Station, rows: Sequence[Row], codes: list[str], received_at: datetime | None) -> None:
    checker = Checker(specs_of(codes), station.expected_interval)
    given = [Observation(clock.aware(row.at), row.values, row.provider) for row in rows]
    for row, found in zip(rows, checker.check_many(given, received_at=received_at), strict=True):
        row.flags = {**row.faults, **{code: f"{flag.rule}: {flag.reason}" for code, flag in found.items()}}


def _usable(row: Row, code: str) -> float:
    """The value of a variable, or NaN where there is none or it is in doubt."""
    return np.nan if code in row.flags else row.values.get(code, np.nan)


def _set_aqi(station: Station, rows: Sequence[Row], columns: Columns) -> None:
    times = np.array([row.at for row in rows], dtype="datetime64[us]")
    averages = averages_at(DEFAULT, times, columns, at=times, interval=station.expected_interval)
    if not averages:
        return
    result = aqi(DEFAULT, averages, times)
    for row, index, dominant in zip(rows, result.index.tolist(), result.dominant.tolist(), strict=True):
        row.aqi = None if index != index else int(index)  # NaN is not equal to itself
        row.dominant = dominant or ""
