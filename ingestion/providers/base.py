"""What every provider declares and offers. docs/add-a-provider.md walks through it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ingestion.observation import Parsed
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.limits import Limit


@dataclass(frozen=True, slots=True)
class Source:
    """Who is asked, how often, and which setting holds the key (empty: none is needed). The settings say where."""

    name: str
    label: str
    limits: tuple[Limit, ...] = ()
    key_setting: str = ""
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class StationRef:
    """How a provider finds a station: by place, or by its own reference."""

    latitude: float | None = None
    longitude: float | None = None
    ref: str = ""

    def coordinates(self, source: Source) -> tuple[float, float]:
        """Latitude and longitude for a provider that asks for them; ProviderError where the station has none."""
        if self.latitude is None or self.longitude is None:
            sentence = f"{source.label} needs a place. Set the station's latitude and longitude."
            raise ProviderError(Kind.REFUSED, source.name, sentence)
        return self.latitude, self.longitude


class Provider(Protocol):
    """One provider, ready to be asked. Every method raises ProviderError when nothing usable came."""

    source: Source

    async def fetch_current(self, station: StationRef) -> Parsed:
        """Observations since the last few intervals."""
        ...

    async def fetch_forecast(self, station: StationRef) -> Parsed:
        """What the provider itself expects, in `Parsed.forecast`; empty where it forecasts nothing."""
        ...

    async def fetch_history(self, station: StationRef, start: datetime, end: datetime) -> Parsed:
        """Observations with start ≤ at < end, both aware."""
        ...
