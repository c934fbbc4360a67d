"""Asking OpenWeather: current, forecast (4 days) and history (from 2020-11-27), 60 requests a minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.observation import Parsed
from ingestion.providers.base import Source, StationRef
from ingestion.providers.http import Http
from ingestion.providers.limits import Limit
from ingestion.providers.openweather.parse import check_place, parse, parse_observed

SOURCE = Source(
    name="openweather",
    label="OpenWeather",
    limits=(Limit(60, timedelta(minutes=1)),),
    key_setting="OPENWEATHER_API_KEY",
)
PATH = "/data/2.5/air_pollution"
LONGEST_SPAN = timedelta(days=90)  # of history per request: about 400 kB


class OpenWeather:
    """The provider `openweather`."""

    def __init__(self, http: Http, key: str, base_url: str) -> None:
        self.source = replace(SOURCE, base_url=base_url)
        self._http = http
        self._key = key

    async def fetch_current(self, station: StationRef) -> Parsed:
        """The current hour."""
        return parse_observed(await self._get("", station), datetime.now(UTC))

    async def fetch_forecast(self, station: StationRef) -> Parsed:
        """The next four days; the current hour is among `observations`."""
        return parse(await self._get("/forecast", station), datetime.now(UTC))

    async def fetch_history(self, station: StationRef, start: datetime, end: datetime) -> Parsed:
        """Hours with start ≤ at < end, asked for in spans that keep each answer small."""
        parsed = Parsed()
        while start < end:
            until = min(start + LONGEST_SPAN, end)
            # The provider's span holds both ends.
            span = {"start": int(start.timestamp()), "end": int(until.timestamp()) - 1}
            parsed.add(parse_observed(await self._get("/history", station, **span), datetime.now(UTC)))
            start = until
        return parsed

    async def _get(self, path: str, station: StationRef, **params: int) -> Any:
        latitude, longitude = station.coordinates(self.source)
        asked = {"lat": latitude, "lon": longitude, **params, "appid": self._key}
        payload = await self._http.get_json(self.source, PATH + path, asked)
        check_place(payload, latitude, longitude)
        return payload
