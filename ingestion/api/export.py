"""Readings as CSV, one line for each value, with all that a stranger must know; streamed in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from io import StringIO
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.api import means
from ingestion.api.readings import Document, span, units_of
from ingestion.models import Reading, Station

FETCHED = 500  # readings held at a time
COLUMNS = (
    "station", "at", "variable", "value", "unit", "averaging_period", "aqi", "flag", "revision", "source", "licence",
)  # fmt: skip
MEAN_COLUMNS = (
    "station", "at", "variable", "mean", "lowest", "highest", "count", "unit", "averaging_period", "source", "licence",
)  # fmt: skip
MEAN_PERIODS = {"hourly": "PT1H", "daily": "P1D"}
LICENCES = {
    "openweather": "ODbL-1.0, data © OpenWeather",
    "open_meteo": "CC-BY-4.0, data by Open-Meteo and CAMS",
    "openaq": "see OpenAQ for the licence of each source",
    "synthetic": "made-up readings",
}


class Units(dict[str, str]):
    """The unit of each variable, looked up when it comes for the first time."""

    def __missing__(self, code: str) -> str:
        self.update(units_of([code]))
        return self[code]


def csv_lines(station: Station, wanted: Mapping[str, Any]) -> Iterator[str]:
    """The file in parts: its head at once, then the readings of the span, oldest first."""
    yield _text([COLUMNS])
    fields = dict.fromkeys(("at", "values", "flags", "aqi", "revision", "provider"), 1)
    found = collection(Reading).find(span(station.slug, wanted), fields).sort("at", 1).batch_size(FETCHED)
    units = Units()
    licences = _licences(station)
    period = iso_period(station.expected_interval)
    part: list[tuple[Any, ...]] = []
    for reading in found:
        part += _rows(station.slug, reading, units, period, licences)
        if len(part) >= FETCHED:
            yield _text(part)
            part = []
    yield _text(part)


def mean_lines(station: Station, wanted: Mapping[str, Any]) -> Iterator[str]:
    """The same of hourly or daily means, which leave out values in doubt; `at` is the beginning."""
    yield _text([MEAN_COLUMNS])
    tail = (MEAN_PERIODS[wanted["mean"]], station.provider, _licences(station).get(station.provider, ""))
    units = Units()
    for bucket in means.buckets(station, wanted):
        yield _text(_mean_rows(station.slug, bucket, units, tail))


def _mean_rows(
    slug: str, bucket: Document, units: Mapping[str, str], tail: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    for code, mean in bucket["values"].items():
        figures = (bucket[name][code] for name in ("lowest", "highest", "counts"))
        yield slug, clock.iso(bucket["at"]), code, mean, *figures, units[code], *tail


def _licences(station: Station) -> Mapping[str, str]:
    """Licence by provider; a replay has that of what it plays."""
    played = Station.objects.filter(slug=station.provider_ref).first() if station.provider_ref else None
    source = played.provider if played else Station.Provider.OPENWEATHER
    return {**LICENCES, Station.Provider.REPLAY: LICENCES.get(source, "")}


def _rows(
    slug: str, reading: Document, units: Mapping[str, str], period: str, licences: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    at = clock.iso(clock.aware(reading["at"]))
    source = reading["provider"]
    tail = (reading["revision"], source, licences.get(source, ""))
    flags = reading["flags"]
    for code in sorted({*reading["values"], *flags}):
        value = reading["values"].get(code, "")
        yield slug, at, code, value, units[code], period, reading["aqi"], flags.get(code, ""), *tail


def iso_period(interval: timedelta) -> str:
    """ISO 8601: PT1H, PT15M, PT20S, PT0.5S."""
    seconds = interval.total_seconds()
    for size, letter in ((3600, "H"), (60, "M")):
        if seconds % size == 0:
            return f"PT{seconds / size:.0f}{letter}"
    return f"PT{seconds:.10g}S"


def _text(rows: Iterable[Iterable[Any]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
