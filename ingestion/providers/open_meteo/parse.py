"""Reading Open-Meteo's hourly answers: columns of equal length that end in nulls where the model ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.observation import Observation, Parsed
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.items import BAD_ITEM, ItemError, components, number, plausible, read_each, split_at

NAME = "open_meteo"
CODES = {
    "pm2_5": "pm2_5",
    "pm10": "pm10",
    "carbon_monoxide": "co",
    "nitrogen_dioxide": "no2",
    "sulphur_dioxide": "so2",
    "ozone": "o3",
    "ammonia": "nh3",
}
MICROGRAMS = frozenset({"μg/m³", "µg/m³"})  # the Greek letter and the micro sign look alike


def parse(payload: Any, now: datetime) -> Parsed:
    """Observations up to `now`, forecast after it. Hours without any value are no items at all."""
    hourly, offset = _hourly(payload)
    columns = _columns(hourly, payload.get("hourly_units") or {})
    return split_at(now, read_each(_rows(hourly, columns), lambda item: _read_item(item, columns, offset)))


def _hourly(payload: Any) -> tuple[dict[str, Any], timedelta]:
    """The hourly block and the offset of its wall time, or ProviderError."""
    try:
        hourly, offset = payload["hourly"], timedelta(seconds=payload.get("utc_offset_seconds", 0))
        if isinstance(hourly["time"], list):
            return hourly, offset
    except BAD_ITEM:
        pass
    raise _malformed("an answer without hourly columns")


def _malformed(what: str) -> ProviderError:
    return ProviderError(Kind.MALFORMED, NAME, f"Open-Meteo sent {what}.")


def _columns(hourly: dict[str, Any], units: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The columns that hold a pollutant; ProviderError for another unit than µg/m³ or another length."""
    columns = tuple((name, code) for name, code in CODES.items() if name in hourly)
    for name, _ in columns:
        if units.get(name) not in MICROGRAMS:
            raise ProviderError(Kind.MALFORMED, NAME, f"Open-Meteo sent {name} in {units.get(name)}, not in µg/m³.")
        if not isinstance(hourly[name], list) or len(hourly[name]) != len(hourly["time"]):
            raise ProviderError(Kind.MALFORMED, NAME, f"Open-Meteo sent a column {name} that does not fit its times.")
    return columns


def _rows(hourly: dict[str, Any], columns: tuple[tuple[str, str], ...]) -> Iterator[dict[str, Any]]:
    names = ["time", *(name for name, _ in columns)]
    for row in zip(*(hourly[name] for name in names), strict=True):
        if any(value is not None for value in row[1:]):
            yield dict(zip(names, row, strict=True))


def _read_item(item: dict[str, Any], columns: tuple[tuple[str, str], ...], offset: timedelta) -> Observation:
    at = plausible(_time(item["time"], offset))
    values, rejected = components(item, columns)
    if not values:
        raise ItemError("no component holds a number")
    return Observation(at, values, NAME, item, rejected)


def _time(value: Any, offset: timedelta) -> datetime:
    """UTC from text in the answer's wall time, or from seconds since 1970 (which know no offset)."""
    if not isinstance(value, str):
        return datetime.fromtimestamp(number(value), UTC)
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) - offset
    except ValueError:
        raise ItemError(f"not a time: {value!r}") from None
