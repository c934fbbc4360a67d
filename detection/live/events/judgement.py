"""What the detectors, or the quality rules, say of one reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from detection.live.band import BandPoint


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading with what was expected and how rare it is."""

    at: datetime
    value: float
    point: BandPoint | None
    days_between: float
    score: float
    votes: dict[str, float]
    version: int
    aqi: int | None
    record_days: float | None = None  # of the past, in which it was counted how rare it is
    fault: str | None = None  # the kind of fault, where the quality rules doubt the value for a broken sensor

    def as_document(self) -> dict[str, Any]:
        """As it stands in Reading.scores."""
        band = (
            {name: round(getattr(self.point, name), 3) for name in ("expected", "lower", "upper")} if self.point else {}
        )
        return {**band, "score": round(self.score, 5), "days": round(self.days_between, 2), "version": self.version}
