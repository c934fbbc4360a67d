"""Asking OpenAQ v3: a location's sensors, their newest values, and their past page by page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.observation import Parsed
from ingestion.providers.base import Source, StationRef
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.http import Http
from ingestion.providers.limits import Limit
from ingestion.providers.openaq.parse import (
    Sensor,
    parse_latest,
    parse_measurements,
    parse_sensors,
    results,
)

SOURCE = Source(
    name="openaq",
    label="OpenAQ",
    limits=(Limit(60, timedelta(minutes=1)), Limit(2000, timedelta(hours=1))),
    key_setting="OPENAQ_API_KEY",
)
PAGE = 1000  # items per page, the most that is allowed
SAME_PAGE = "OpenAQ sent the same page of measurements twice, so that they have no end. Check its base URL."
MOMENT = timedelta(seconds=1)  # earlier than a span is asked for: OpenAQ leaves out what lies at its very start
RECENT = timedelta(hours=3)  # what a live poll fetches: cadence is irregular, and some networks deliver late


class OpenAQ:
    """The provider `openaq`; a station's reference is its location's number."""

    def __init__(self, http: Http, key: str, base_url: str) -> None:
        self.source = replace(SOURCE, base_url=base_url)
        self._http = http
        self._key = key

    async def fetch_current(self, station: StationRef) -> Parsed:
        """The newest value of each sensor, stale ones left out; two requests."""
        sensors = await self._sensors(station)
        now = datetime.now(UTC)
        parsed = parse_latest(await self._get(f"/v3/locations/{station.ref}/latest"), sensors, now)
        parsed.observations = [one for one in parsed.observations if one.at > now - RECENT]
        return parsed

    async def fetch_forecast(self, station: StationRef) -> Parsed:
        """Nothing: monitors do not forecast."""
        return Parsed()

    async def fetch_history(self, station: StationRef, start: datetime, end: datetime) -> Parsed:
        """All measurements with start ≤ at < end, one sensor after another so that the limit is kept."""
        parsed = Parsed()
        for sensor in await self._sensors(station):
            parsed.add(await self._history(sensor, start, end))
        parsed.observations = [one for one in parsed.observations if start <= one.at < end]
        return parsed

    async def _history(self, sensor: Sensor, start: datetime, end: datetime) -> Parsed:
        parsed, page = Parsed(), 1
        found: list[Any] = [None] * PAGE  # as if a full page had come before the first
        while len(found) == PAGE:
            span = {"datetime_from": (start - MOMENT).isoformat(), "datetime_to": end.isoformat()}
            payload = await self._get(f"/v3/sensors/{sensor.id}/measurements", **span, limit=PAGE, page=page)
            if results(payload) == found:
                raise ProviderError(Kind.MALFORMED, self.source.name, SAME_PAGE)
            parsed.add(parse_measurements(payload, sensor, datetime.now(UTC)))
            page, found = page + 1, results(payload)
        return parsed

    async def _sensors(self, station: StationRef) -> list[Sensor]:
        if not station.ref.isdigit():
            sentence = f"OpenAQ knows places by number, not {station.ref!r}. Set the station's reference."
            raise ProviderError(Kind.REFUSED, self.source.name, sentence)
        return parse_sensors(await self._get(f"/v3/locations/{station.ref}"))

    async def _get(self, path: str, **params: Any) -> Any:
        return await self._http.get_json(self.source, path, params, headers={"X-API-Key": self._key})
