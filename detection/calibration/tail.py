"""How rare a score is, from the scores of a series' own past. Plain Python."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, inf, isfinite, isnan, log
from typing import Any

KEPT = 1000  # highest scores that are kept
LARGEST_EXPONENT = 40.0
SMALLEST_SCALE = 1e-9


@dataclass(frozen=True, slots=True)
class Tail:
    """The highest scores of the past, ascending, and of how many days they are the highest."""

    scores: tuple[float, ...]
    days: float
    least_scale: float = SMALLEST_SCALE  # of the exponential tail: where all were zero, a trifle is not beyond belief

    @classmethod
    def of(cls, scores: Iterable[float], days: float, least_scale: float = SMALLEST_SCALE) -> Tail:
        """From all scores of `days` days; NaN (not enough data) does not count."""
        known = sorted(score for score in scores if isfinite(score))
        return cls(tuple(known[-KEPT:]), days, least_scale)

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Tail:
        return cls(tuple(document["scores"]), document["days"], document["least_scale"])

    def dump(self) -> dict[str, Any]:
        return {"scores": list(self.scores), "days": self.days, "least_scale": self.least_scale}

    def days_between(self, score: float) -> float:
        """Once in how many days a score was this high; beyond the highest, an exponential tail goes on."""
        if not self.scores or isnan(score):
            return 0.0
        above = len(self.scores) - bisect_left(self.scores, score)
        if above:
            return self.days / above
        excess = (score - self.scores[-1]) / self._scale
        return self.days * exp(min(excess, LARGEST_EXPONENT))

    def score_for(self, days_between: float) -> float:
        """The score that was reached once in so many days, so that admins ask for alarms and not for scores."""
        if not self.scores:
            return inf
        wanted = self.days / days_between
        if wanted >= 1:
            return self.scores[max(0, len(self.scores) - int(wanted))]
        return self.scores[-1] + self._scale * -log(wanted)

    @property
    def _scale(self) -> float:
        """Of the exponential tail, from the upper half of what is kept."""
        half = len(self.scores) // 2
        scale = (self.scores[-1] - self.scores[half]) / log(len(self.scores) - half + 1)
        return max(scale, self.least_scale)


def usual_share(days_between: float, points_per_day: float) -> float:
    """The share of readings that score lower than one seen once in so many days: the anomaly score, 0 to 1."""
    if days_between <= 0:
        return 0.0
    return max(0.0, 1.0 - 1.0 / (days_between * points_per_day))
