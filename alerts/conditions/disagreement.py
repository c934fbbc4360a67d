"""A station that says something quite different from the others of its city."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from alerts import timeseries
from alerts.conditions.sight import Seen, no_data
from alerts.models import Rule
from alerts.state_machine import Observation
from ingestion.models import Station
from ingestion.stations.compare import times_apart


@dataclass
class DisagreementCondition:
    rule: Rule
    station: str
    own: timeseries.TimeSeries
    others: list[timeseries.TimeSeries]

    @classmethod
    def load(cls, rule: Rule, station: Station, since: datetime, until: datetime) -> Self:
        start = since - max(rule.short_mean, rule.long_mean)
        near = Station.objects.filter(city=station.city, is_active=True).exclude(slug=station.slug)
        others = list(near) if station.city else []
        return cls(
            rule,
            station.slug,
            timeseries.measure(rule, station, start, until),
            [timeseries.measure(rule, other, start, until) for other in others],
        )

    def see(self, at: datetime) -> Seen:
        ratio = self._ratio(at, short=True)
        if ratio is None:
            return no_data(at, station=self.station)
        calm = self._ratio(at, short=False)
        level = int(ratio >= self.rule.factor)
        calm_level = int(calm is not None and calm >= self.rule.factor)
        facts = {"station": self.station, "value": self.own.mean(at, self.rule.short_mean), "ratio": ratio}
        return Seen(Observation(at, level, calm_level), facts)

    def _ratio(self, at: datetime, *, short: bool) -> float | None:
        """How many times apart, 1 or more; None where one side has nothing to say."""
        length = self.rule.short_mean if short else self.rule.long_mean
        own = self.own.mean(at, length)
        others = [value for other in self.others if (value := other.mean(at, length)) is not None]
        return times_apart(own, others)
