"""One station's measure over time, as rules read it: plain lists, so that a replay of 90 days is quick."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from django.db.models import QuerySet

from alerts.models import Rule
from ingestion.aqi import DEFAULT, aqi, averages_at, standard
from ingestion.aqi.averages import LONGEST
from ingestion.models import Reading, Station
from ingestion.quality.doubt import trusted
from ingestion.quality.presence import SILENT_AFTER

COVERAGE = 0.5  # of the readings of a mean that have to be there


@dataclass
class TimeSeries:
    """Times and values, oldest first; a missing or doubted value is left out."""

    interval: timedelta
    times: list[datetime] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def mean(self, at: datetime, length: timedelta) -> float | None:
        """The mean of the values in (at - length, at]; None where too few are there to say."""
        end = bisect_right(self.times, at)
        start = bisect_right(self.times, at - max(length, self.interval))
        found = self.values[start:end]
        if len(found) < max(1, COVERAGE * (length / self.interval)):
            return None
        return sum(found) / len(found)

    def is_stale(self, at: datetime) -> bool:
        end = bisect_right(self.times, at)
        return end == 0 or at - self.times[end - 1] > SILENT_AFTER * self.interval

    def newest(self, at: datetime) -> datetime:
        """When the newest value came; `at` itself where that is too long ago."""
        return at if self.is_stale(at) else self.times[bisect_right(self.times, at) - 1]


def measure(rule: Rule, station: Station, since: datetime, until: datetime) -> TimeSeries:
    """What the rule measures at the station: a variable, or the AQI by its standard."""
    since -= SILENT_AFTER * station.expected_interval
    if rule.variable:
        return concentration(station, rule.variable, since, until)
    return index(station, rule.standard, since, until)


def readings(station: Station, since: datetime, until: datetime) -> QuerySet[Reading]:
    """Those after `since`, oldest first."""
    return Reading.objects.filter(station=station.slug, at__gt=since, at__lte=until).order_by("at")


def reading_times(station: Station, since: datetime, until: datetime) -> list[datetime]:
    """When the station sent anything at all, oldest first."""
    return list(readings(station, since, until).values_list("at", flat=True))


def presence(station: Station, since: datetime, until: datetime) -> TimeSeries:
    """When it sent anything, from early enough on to say of each moment whether it was stale."""
    start = since - (SILENT_AFTER + 1) * station.expected_interval
    return TimeSeries(station.expected_interval, reading_times(station, start, until))


def concentration(station: Station, variable: str, since: datetime, until: datetime) -> TimeSeries:
    """A variable in its unit."""
    series = TimeSeries(station.expected_interval)
    for at, values, flags in readings(station, since, until).values_list("at", "values", "flags"):
        value = values.get(variable)
        if value is not None and variable not in flags:
            series.times.append(at)
            series.values.append(float(value))
    return series


def index(station: Station, code: str, since: datetime, until: datetime) -> TimeSeries:
    """The AQI by a standard, averaged as the standard wants it. The usual one is stored with the reading."""
    if code == DEFAULT:
        pairs = list(readings(station, since, until).filter(aqi__isnull=False).values_list("at", "aqi"))
    else:
        pairs = [(at, value) for at, value, _ in _computed_index(station, code, since, until)]
    return TimeSeries(station.expected_interval, [at for at, _ in pairs], [float(value) for _, value in pairs])


def is_lower_bound(station: Station, code: str, since: datetime, until: datetime) -> bool:
    """Whether an index in that span was made of fewer pollutants than its standard asks for: the air may be worse."""
    return not all(complete for _, _, complete in _computed_index(station, code, since, until))


def _computed_index(
    station: Station, code: str, since: datetime, until: datetime
) -> list[tuple[datetime, float, bool]]:
    """When, the index, and whether it is of as many pollutants as its standard asks for."""
    rows = list(readings(station, since - LONGEST, until).values("at", "values", "flags"))
    if not rows:
        return []
    times = np.array([row["at"].replace(tzinfo=None) for row in rows], dtype="datetime64[us]")
    columns = {
        name: np.array([trusted(row, name) for row in rows])
        for name in {table.pollutant for table in standard(code).keys.values()}
    }
    result = aqi(code, averages_at(code, times, columns, at=times, interval=station.expected_interval), times)
    found = zip((row["at"] for row in rows), result.index, result.complete, strict=True)
    return [(at, value, bool(whole)) for at, value, whole in found if at > since and not np.isnan(value)]
