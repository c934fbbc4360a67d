"""A forecast that goes over a limit with a probability."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from alerts.conditions.sight import Seen, no_data
from alerts.models import Rule
from alerts.state_machine import Observation
from aqi_project.clock import HOUR
from detection.models import Forecast
from ingestion.models import Station

STALE = timedelta(hours=6)  # an older forecast says nothing about today
TINY = 1e-9  # width of what is between two equal quantiles
PROBABILITIES = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}


@dataclass
class ForecastCondition:
    rule: Rule
    station: str
    forecasts: list[Forecast]

    @classmethod
    def load(cls, rule: Rule, station: Station, since: datetime, until: datetime) -> Self:
        series = f"{station.slug}/{rule.variable}"
        issued = Forecast.objects.filter(series=series, issued_at__gte=since - STALE, issued_at__lte=until)
        return cls(rule, station.slug, list(issued.order_by("issued_at")))

    def see(self, at: datetime) -> Seen:
        number = bisect_right(self.forecasts, at, key=lambda forecast: forecast.issued_at)
        if number == 0 or at - self.forecasts[number - 1].issued_at > STALE:
            return no_data(at, station=self.station)
        forecast = self.forecasts[number - 1]
        chances = [self._chance(forecast, at, limit) for limit in self.rule.limits]
        level = sum(chance >= self.rule.probability for chance, _ in chances)
        chance, when = chances[max(level, 1) - 1]
        facts = {
            "station": self.station,
            "probability": chance,
            "limit": float(self.rule.limits[max(level, 1) - 1]),
            "expected_at": when.isoformat(),
        }
        return Seen(Observation(at, level, level), facts)

    def _chance(self, forecast: Forecast, at: datetime, limit: float) -> tuple[float, datetime]:
        """The highest probability within the horizon, and when."""
        first = max(0, (at - forecast.start) // HOUR + 1)
        last = max(0, (at + self.rule.horizon - forecast.start) // HOUR + 1)
        chances = probabilities_over(forecast.quantiles, limit)[first:last]
        if not len(chances):
            return 0.0, at
        best = int(np.argmax(chances))
        return float(chances[best]), forecast.start + (first + best) * HOUR


def probabilities_over(quantiles: dict[str, list[float]], limit: float) -> NDArray[np.float64]:
    """1 - F(limit) at each step, F interpolated between the quantiles; beyond the outermost ones it is theirs."""
    known = [name for name in PROBABILITIES if name in quantiles]
    if not known:
        return np.zeros(0)
    shares, values = np.array([PROBABILITIES[name] for name in known]), np.array([quantiles[name] for name in known])
    above = (values <= limit).sum(axis=0).clip(1, len(known) - 1)  # the first quantile over the limit
    steps = np.arange(values.shape[1])
    low, high = values[above - 1, steps], values[above, steps]
    part = ((limit - low) / np.maximum(high - low, TINY)).clip(0.0, 1.0)
    return np.asarray(1.0 - (shares[above - 1] + part * (shares[above] - shares[above - 1])))
