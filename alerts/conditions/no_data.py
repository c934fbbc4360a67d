"""A station that fell silent."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from alerts import timeseries
from alerts.conditions.sight import Seen
from alerts.models import Rule
from alerts.state_machine import Observation
from ingestion.models import Reading, Station

MEMORY = timedelta(days=7)  # how far back all readings count; before that, only the newest


@dataclass
class NoDataCondition:
    station: str
    presence: timeseries.TimeSeries

    @classmethod
    def load(cls, rule: Rule, station: Station, since: datetime, until: datetime) -> Self:
        times = _newest(station, since - MEMORY) + timeseries.reading_times(station, since - MEMORY, until)
        return cls(station.slug, timeseries.TimeSeries(station.expected_interval, times))

    def see(self, at: datetime) -> Seen:
        level = int(self.presence.is_stale(at))
        known = bisect_right(self.presence.times, at)
        last = self.presence.times[known - 1].isoformat() if known else ""
        return Seen(Observation(at, level, level), {"station": self.station, "last": last})


def _newest(station: Station, until: datetime) -> list[datetime]:
    """When a silence that is older than MEMORY began; empty where nothing has ever come."""
    before = Reading.objects.filter(station=station.slug, at__lte=until).order_by("-at")
    return list(before.values_list("at", flat=True)[:1])
