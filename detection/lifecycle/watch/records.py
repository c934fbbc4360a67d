"""The forecasts' record: every issued forecast against what came, added up by month and hours ahead.

Nothing is counted twice: each forecast has one Outcome, which is written anew while its hours pass, and the months are
sums of these.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from aqi_project import clock
from aqi_project.clock import DAY, HOUR
from aqi_project.mongo import collection
from detection.models import Forecast, MonthlyRecord, Outcome, ProviderForecast, Series
from ingestion.models import Reading, Station
from ingestion.newest import newest_at

GROUPS = ((1, 1), (2, 6), (7, 24), (25, 48), (49, 72))  # hours ahead
LATE = timedelta(hours=6)  # a reading that comes later than this no longer changes the record
SUMS = ("count", "inside", "error", "persistence")
MONTHS = 12  # that are shown
MAYBE = ("seasonal_naive", "provider")  # rivals that are not always known: their sums have counts of their own
ALL_SUMS = (*SUMS, *MAYBE, *(f"{name}_count" for name in MAYBE))
Hours = Mapping[datetime, float]  # values by time
_compared_until: dict[Any, datetime] = {}  # series → the newest reading when this process last compared its forecasts
PROVIDER_FRESH = timedelta(hours=12)  # an older forecast of the provider is no rival
NEAR = timedelta(minutes=30)  # not every sensor reads on the minute: so far from a foretold time is that time


class Near:
    """Values by time, to be asked for any time: `at` it, or else the nearest that is NEAR."""

    def __init__(self, values: Hours) -> None:
        self.at = values.get
        self._values, self._times = values, sorted(values)

    def get(self, at: datetime) -> float | None:
        place = bisect_left(self._times, at)
        nearest = min(self._times[max(place - 1, 0) : place + 1], key=lambda time: abs(time - at), default=None)
        return self._values[nearest] if nearest is not None and abs(nearest - at) <= NEAR else None


def share_read(station: str) -> float:
    """Of the hours, those that a station reads in: 1, and less for one that reads more seldom than hourly."""
    every = Station.objects.filter(slug=station).values_list("expected_interval", flat=True).first()
    return min(1.0, HOUR / every) if every else 1.0


def name(group: tuple[int, int]) -> str:
    return f"{group[0]}-{group[1]}"


def update(station: str) -> int:
    """Bring the record of a station's series up to its newest reading; returns how many forecasts were compared."""
    now = newest_at(station)
    if now is None:
        return 0
    return sum(_update_series(series, now) for series in Series.objects.filter(station=station))


def _update_series(series: Series, now: datetime) -> int:
    """Once a reading: corrections wait for the next one, which has all open forecasts compared anew."""
    if _compared_until.get(series.pk) == now:
        return 0
    compared = _compare(series, now)
    _compared_until[series.pk] = now
    return compared


def _compare(series: Series, now: datetime) -> int:
    issued = list(_open(series, now))
    if not issued:
        return 0
    came = _came(series, issued[0].issued_at - DAY, now)
    providers = _providers(series, issued[0].issued_at - PROVIDER_FRESH, now)
    operations = [_written(forecast, came, providers(forecast.issued_at), now) for forecast in issued]
    collection(Outcome).bulk_write(operations, ordered=False)
    for month in sorted({f"{forecast.issued_at:%Y-%m}" for forecast in issued}):
        _add_up(series.key, month)
    return len(issued)


def _open(series: Series, now: datetime) -> Iterator[Forecast]:
    """Forecasts whose hours have not all been compared, oldest first."""
    newest_done = Outcome.objects.filter(series=series.key, is_complete=True).order_by("-issued_at").first()
    found = Forecast.objects.filter(series=series.key, issued_at__lt=now).order_by("issued_at")
    if newest_done:
        found = found.filter(issued_at__gt=newest_done.issued_at)
    return iter(found)


def _came(series: Series, start: datetime, end: datetime) -> Near:
    """Usable readings by time."""
    query = {"station": series.station, "at": {"$gte": clock.naive(start), "$lte": clock.naive(end)}}
    wanted = {"at": 1, f"values.{series.variable}": 1, f"flags.{series.variable}": 1}
    found = collection(Reading).find(query, wanted)
    return Near(
        {
            clock.aware(one["at"]): one["values"][series.variable]
            for one in found
            if series.variable in one.get("values", {}) and series.variable not in one.get("flags", {})
        }
    )


def _providers(series: Series, start: datetime, end: datetime) -> Callable[[datetime], Near]:
    """Gives, for a time, what the provider's newest forecast of then said of each hour; empty where there was none."""
    found = ProviderForecast.objects.filter(station=series.station, issued_at__gte=start, issued_at__lte=end)
    issued = sorted(found, key=lambda one: one.issued_at)
    times = [one.issued_at for one in issued]

    def newest(at: datetime) -> Near:
        place = bisect_right(times, at) - 1
        if place < 0 or at - times[place] > PROVIDER_FRESH:
            return Near({})
        start, values = issued[place].start, issued[place].values.get(series.variable, [])
        return Near({start + row * HOUR: value for row, value in enumerate(values) if value is not None})

    return newest


def _written(forecast: Forecast, came: Near, provider: Near, now: datetime) -> UpdateOne:
    last = forecast.start + (len(forecast.quantiles["q50"]) - 1) * HOUR
    groups = {name(group): found for group in GROUPS if (found := compared(forecast, came, provider, group))["count"]}
    outcome = {
        "month": f"{forecast.issued_at:%Y-%m}",
        "model_version": forecast.model_version,
        "groups": groups,
        "is_complete": last + LATE <= now,
    }
    key = {"series": forecast.series, "issued_at": clock.naive(forecast.issued_at)}
    return UpdateOne(key, {"$set": outcome}, upsert=True)


def compared(forecast: Forecast, came: Near, provider: Near, group: tuple[int, int]) -> dict[str, float]:
    """Sums over a group's hours of what was measured: our error, the rivals', and how often it was inside the range."""
    sums = dict.fromkeys(ALL_SUMS, 0.0)
    last = came.at(forecast.issued_at)  # no later one: it was not known
    low, middle, high = (forecast.quantiles[quantile] for quantile in ("q025", "q50", "q975"))
    for ahead in range(group[0], group[1] + 1):
        at = forecast.issued_at + ahead * HOUR
        row, actual = (at - forecast.start) // HOUR, came.get(at)
        if actual is None or last is None or not 0 <= row < len(middle):
            continue
        found = (1, low[row] <= actual <= high[row], abs(actual - middle[row]), abs(actual - last))
        for key, value in zip(SUMS, found, strict=True):
            sums[key] += value
        _add(sums, "seasonal_naive", came.get(at - DAY * (1 + (ahead - 1) // 24)), actual)
        _add(sums, "provider", provider.get(at), actual)
    return sums


def _add(sums: dict[str, float], rival: str, foretold: float | None, actual: float) -> None:
    if foretold is not None:
        sums[rival] += abs(actual - foretold)
        sums[f"{rival}_count"] += 1


def _add_up(key: str, month: str) -> None:
    """The month's rows anew from its outcomes."""
    total = added(Outcome.objects.filter(series=key, month=month).values_list("groups", flat=True))
    operations = [
        UpdateOne({"series": key, "month": month, "hours": hours}, {"$set": means(sums)}, upsert=True)
        for hours, sums in total.items()
    ]
    if operations:
        collection(MonthlyRecord).bulk_write(operations, ordered=False)


def added(outcomes: Any) -> dict[str, dict[str, float]]:
    """Sums by group of hours."""
    total: dict[str, dict[str, float]] = {}
    for groups in outcomes:
        for hours, sums in groups.items():
            into = total.setdefault(hours, dict.fromkeys(ALL_SUMS, 0.0))
            for key in ALL_SUMS:
                into[key] += sums[key]
    return total


def means(sums: Mapping[str, float]) -> dict[str, float | None]:
    count = sums["count"]
    return {
        "count": int(count),
        "error": sums["error"] / count,
        "persistence": sums["persistence"] / count,
        "coverage": sums["inside"] / count,
        **{rival: sums[rival] / sums[f"{rival}_count"] if sums[f"{rival}_count"] else None for rival in MAYBE},
    }


def monthly(key: str) -> list[MonthlyRecord]:
    """The newest twelve months of a series, newest first, short horizons first."""
    found = sorted(MonthlyRecord.objects.filter(series=key), key=lambda row: int(row.hours.partition("-")[0]))
    newest = sorted({row.month for row in found}, reverse=True)[:MONTHS]
    return sorted((row for row in found if row.month in newest), key=lambda row: row.month, reverse=True)
