"""Asking Open-Meteo's air quality API: 92 days back, 7 ahead; 600 requests a minute and 5,000 an hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.observation import Parsed
from ingestion.providers.base import Source, StationRef
from ingestion.providers.http import Http
from ingestion.providers.limits import Limit
from ingestion.providers.open_meteo.parse import CODES, parse

SOURCE = Source(
    name="open_meteo",
    label="Open-Meteo",
    limits=(Limit(600, timedelta(minutes=1)), Limit(5000, timedelta(hours=1))),
)
PATH = "/v1/air-quality"
HOURLY = ",".join(name for name in CODES if name != "ammonia")  # ammonia exists for Europe only
PAST_DAYS = 92  # the farthest that `past_days` reaches; beyond, dates are asked for
FORECAST_DAYS = 5


class OpenMeteo:
    """The provider `open_meteo`."""

    def __init__(self, http: Http, key: str, base_url: str) -> None:
        self.source = replace(SOURCE, base_url=base_url)
        self._http = http

    async def fetch_current(self, station: StationRef) -> Parsed:
        """The hours since yesterday's midnight UTC: the newest, and what the provider has restated since."""
        parsed = await self._get(station, past_days=1, forecast_days=1)
        return Parsed(parsed.observations, parsed.rejected)

    async def fetch_forecast(self, station: StationRef) -> Parsed:
        """The next days, with today's hours among `observations`."""
        return await self._get(station, forecast_days=FORECAST_DAYS)

    async def fetch_history(self, station: StationRef, start: datetime, end: datetime) -> Parsed:
        """Hours with start ≤ at < end, in one request."""
        start, end, now = start.astimezone(UTC), end.astimezone(UTC), datetime.now(UTC)  # its days are those of UTC
        if now - start < timedelta(days=PAST_DAYS):
            days = min((now.date() - start.date()).days + 1, PAST_DAYS)
            parsed = await self._get(station, past_days=days, forecast_days=1)
        else:
            last = min(end, now).date()
            parsed = await self._get(station, start_date=start.date().isoformat(), end_date=last.isoformat())
        return Parsed([o for o in parsed.observations if start <= o.at < end], parsed.rejected)

    async def _get(self, station: StationRef, **params: Any) -> Parsed:
        latitude, longitude = station.coordinates(self.source)
        asked = {"latitude": latitude, "longitude": longitude, "hourly": HOURLY, **params}
        asked |= {"timeformat": "unixtime", "timezone": "GMT"}
        return parse(await self._http.get_json(self.source, PATH, asked), datetime.now(UTC))
