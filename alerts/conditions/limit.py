"""The AQI or a concentration over a limit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from alerts import timeseries
from alerts.conditions.sight import Seen, level_of, no_data
from alerts.models import Rule
from alerts.state_machine import Observation
from aqi_project import clock
from ingestion.models import Station


@dataclass
class LimitCondition:
    rule: Rule
    station: str
    series: timeseries.TimeSeries

    @classmethod
    def load(cls, rule: Rule, station: Station, since: datetime, until: datetime) -> Self:
        start = since - max(rule.short_mean, rule.long_mean)
        return cls(rule, station.slug, timeseries.measure(rule, station, start, until))

    def see(self, at: datetime) -> Seen:
        short = self.series.mean(at, self.rule.short_mean)
        if short is None or self.series.is_stale(at):
            return no_data(at, station=self.station)
        long = self.series.mean(at, self.rule.long_mean)
        level, calm = level_of(short, self.rule.limits), level_of(long, self.rule.limits)
        held = self._facts(long, self.rule.long_mean) if long is not None and calm else {}
        return Seen(Observation(at, level, calm), self._facts(short, self.rule.short_mean), calm_facts=held)

    def _facts(self, value: float, length: timedelta) -> dict[str, object]:
        """A mean and the limit that it is over; its length where that is more than an hour, as people take a value."""
        limits = self.rule.limits
        limit = float(limits[max(level_of(value, limits), 1) - 1])
        mean = {"mean_hours": length / clock.HOUR} if length > clock.HOUR else {}
        return {"station": self.station, "value": value, "limit": limit, **mean}
