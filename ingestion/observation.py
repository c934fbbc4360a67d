"""What a provider hands over: plain values, before quality, AQI and storage have seen them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Observation:
    """One station at one time.

    `at` is aware UTC. `values` maps a variable's code to a number in its canonical unit (µg/m³ for
    pollutants), sentinels and all. `rejected` says per component why it holds no number. `raw` is the item as
    received.
    """

    at: datetime
    values: dict[str, float]
    provider: str
    raw: Any = None
    rejected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A whole item that cannot be used, with the reason for whoever looks into it."""

    item: Any
    reason: str


@dataclass(slots=True)
class Parsed:
    """What one answer held: what was observed, what is only forecast, and what could not be used."""

    observations: list[Observation] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    forecast: list[Observation] = field(default_factory=list)

    def add(self, other: "Parsed") -> None:
        """Append everything that `other` holds."""
        self.observations += other.observations
        self.rejected += other.rejected
        self.forecast += other.forecast
