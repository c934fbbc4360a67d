"""Flags and AQI of a run of readings, computed together on arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingestion.aqi import aqi, averages_at
from ingestion.aqi.averages import LONGEST
from ingestion.aqi.standard import DEFAULT
from ingestion.observation import Observation
from ingestion.quality.check import Checker
from ingestion.storing.catalogue import specs_of
from ingestion.storing.timeline import Reach, Row, Timeline

if TYPE_CHECKING:
    from ingestion.models import Station

# Without PM2.5 and PM10 an index is a lower bound: below this it says nothing, above it is bad enough to be told.
TOLD_WITHOUT_DUST = 100


class Judge:
    """The rules for one station and the variables that are sent now or have been sent before."""

    def __init__(self, station: Station, codes: Iterable[str]) -> None:
        self._interval = station.expected_interval
        self._station = station
        self._specs = {spec.code: spec for spec in specs_of(station, {*codes, *station.habits})}

    @property
    def reach(self) -> Reach:
        """How far before a reading one must look to judge it, and how far after it a correction is felt."""
        checker = Checker(list(self._specs.values()), self._interval)
        pollutants = any(spec.pollutant for spec in self._specs.values())
        return Reach(checker.rows_needed, max(checker.span_needed, LONGEST if pollutants else timedelta()))

    def judge(self, timeline: Timeline) -> None:
        """Fill in flags, AQI and dominant pollutant of the rows, with their history in view."""
        codes = sorted({code for row in [*timeline.history, *timeline.rows] for code in row.values})
        self._describe(codes)
        self._set_flags(timeline, codes)
        pollutants = [code for code in codes if self._specs[code].pollutant]
        if pollutants:
            self._set_aqi(timeline, pollutants)

    def _describe(self, codes: Iterable[str]) -> None:
        """Look up what other batches have sent, once for all that is not known yet."""
        if unknown := set(codes) - self._specs.keys():
            self._specs |= {spec.code: spec for spec in specs_of(self._station, unknown)}

    def _set_flags(self, timeline: Timeline, codes: Sequence[str]) -> None:
        checker = Checker([self._specs[code] for code in codes], self._interval)
        rows = [*timeline.history, *timeline.rows]
        given = [Observation(row.at, row.values, row.provider) for row in rows]
        found = checker.check(given, [row.received_at for row in rows])
        for row, flags in zip(timeline.rows, found[len(timeline.history) :], strict=True):
            row.flags = {**row.faults, **{code: f"{flag.rule}: {flag.reason}" for code, flag in flags.items()}}

    def _set_aqi(self, timeline: Timeline, pollutants: Sequence[str]) -> None:
        rows = [*timeline.history, *timeline.rows]
        times = np.array([row.at.replace(tzinfo=None) for row in rows], dtype="datetime64[us]")
        columns = dict(zip(pollutants, _usable(rows, pollutants), strict=True))
        judged = times[len(timeline.history) :]
        averages = averages_at(DEFAULT, times, columns, at=judged, interval=self._interval)
        result = aqi(DEFAULT, averages, judged)
        told = np.isfinite(result.index) & (result.complete | (result.index > TOLD_WITHOUT_DUST))
        for row, tell, index, dominant in zip(
            timeline.rows, told.tolist(), result.index.tolist(), result.dominant.tolist(), strict=True
        ):
            row.aqi, row.dominant = (int(index), dominant) if tell else (None, "")


def _usable(rows: Sequence[Row], codes: Sequence[str]) -> NDArray[np.float64]:
    """(codes, rows): the values, NaN where there is none or it is in doubt."""
    values = np.array([list(map(row.values.get, codes)) for row in rows], dtype=np.float64)
    for place, row in enumerate(rows):
        for code in row.flags:
            if code in codes:
                values[place, codes.index(code)] = np.nan
    return np.ascontiguousarray(values.T)
