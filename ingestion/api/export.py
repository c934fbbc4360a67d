"""Readings as CSV, one line for each value, with all that a stranger must know; streamed in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from io import StringIO
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.api.readings import Document, span, units_of
from ingestion.models import Reading, Station

FETCHED = 500  # readings held at a time
COLUMNS = (
    "station", "at", "variable", "value", "unit", "averaging_period", "aqi", "flag", "revision", "source", "licence",
)  # fmt: skip
LICENCES = {
    "openweather": "ODbL-1.0, data © OpenWeather",
    "open_meteo": "CC-BY-4.0, data by Open-Meteo and CAMS",
    "openaq": "see OpenAQ for the licence of each source",
    "synthetic": "made-up readings",
}


def csv_lines(station: Station, wanted: Mapping[str, Any]) -> Iterator[str]:
    """The file in parts: its head at once, then the readings of the span, oldest first."""
    yield _text([COLUMNS])
    fields = dict.fromkeys(("at", "values", "flags", "aqi", "revision", "provider"), 1)
    found = collection(Reading).find(span(station.slug, wanted), fields).sort("at", 1).batch_size(FETCHED)
    units: dict[str, str] = {}
    licences = _licences(station)
    period = iso_period(station.expected_interval)
    part: list[tuple[Any, ...]] = []
    for reading in found:
        units.update(units_of(code for code in reading["values"] if code not in units))
        part += _rows(station.slug, reading, units, period, licences)
        if len(part) >= FETCHED:
            yield _text(part)
            part = []
    yield _text(part)


def _licences(station: Station) -> Mapping[str, str]:
    """Licence by provider; a replay has that of what it plays."""
    played = Station.objects.filter(slug=station.provider_ref).first() if station.provider_ref else None
    source = played.provider if played else Station.Provider.OPENWEATHER
    return {**LICENCES, Station.Provider.REPLAY: LICENCES.get(source, "")}


def _rows(
    slug: str, reading: Document, units: Mapping[str, str], period: str, licences: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    at = clock.aware(reading["at"]).isoformat().replace("+00:00", "Z")
    source = reading["provider"]
    tail = (reading["revision"], source, licences.get(source, ""))
    flags = reading["flags"]
    for code in sorted({*reading["values"], *flags}):
        value = reading["values"].get(code, "")
        yield slug, at, code, value, units.get(code, ""), period, reading["aqi"], flags.get(code, ""), *tail


def iso_period(interval: timedelta) -> str:
    """ISO 8601: PT1H, PT15M, PT20S."""
    seconds = int(interval.total_seconds())
    for size, letter in ((3600, "H"), (60, "M")):
        if seconds % size == 0:
            return f"PT{seconds // size}{letter}"
    return f"PT{seconds}S"


def _text(rows: Iterable[Iterable[Any]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
