"""A forecast that goes over a limit with a probability."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from alerts.conditions.sight import Seen, no_data
from alerts.machine import Observation
from alerts.models import Rule
from detection.models import Forecast
from ingestion.models import Station

HOUR = timedelta(hours=1)
STALE = timedelta(hours=6)  # an older forecast says nothing about today
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
        best = (0.0, at)
        for step in range(len(forecast.quantiles.get("q50", []))):
            when = forecast.start + step * HOUR
            if at < when <= at + self.rule.horizon:
                best = max(best, (probability_over(forecast.quantiles, step, limit), when), key=lambda pair: pair[0])
        return best


def probability_over(quantiles: dict[str, list[float]], step: int, limit: float) -> float:
    """1 - F(limit), F interpolated between the quantiles; beyond the outermost ones it is theirs."""
    points = [(quantiles[name][step], p) for name, p in PROBABILITIES.items() if name in quantiles]
    if not points or limit < points[0][0]:
        return 1.0 - (points[0][1] if points else 1.0)
    below = points[0]
    for value, share in points:
        if value > limit:
            width = value - below[0]
            return 1.0 - (below[1] + (share - below[1]) * (limit - below[0]) / width if width > 0 else share)
        below = (value, share)
    return 1.0 - points[-1][1]
