"""Officers' verdicts on anomalies, and what they say about a series' false alarms."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from alerts.sending.texts import measure_name
from detection.lifecycle import reviews
from detection.models import Anomaly, Series
from ingestion.models import Station, Variable

WAITING_SHOWN = 50
WORTH_SAYING = 0.3  # powers of ten: twice as rare
VERDICTS = [choice for choice in Anomaly.Review.choices if choice[0] != Anomaly.Review.NONE]


@dataclass(frozen=True)
class Share:
    """One series in one month."""

    series: str
    month: date  # its first day
    reviewed: int
    false_alarms: int

    @property
    def percent(self) -> float:
        return 100 * self.false_alarms / self.reviewed


def waiting() -> QuerySet[Anomaly]:
    """Events that nobody has judged, newest first."""
    return Anomaly.objects.filter(review=Anomaly.Review.NONE).order_by("-start")


def with_stations(events: Iterable[Anomaly]) -> list[tuple[Anomaly, Station | None]]:
    """Each event with its station; None where that is gone."""
    found = list(events)
    stations = {one.slug: one for one in Station.objects.filter(slug__in={event.station for event in found})}
    return [(event, stations.get(event.station)) for event in found]


def names(language: str) -> dict[str, str]:
    """What people call each series: “Lahore, PM2.5”."""
    stations = {one.slug: one.name_in(language) for one in Station.objects.all()}
    variables = {one.code: measure_name(one, one.code, language) for one in Variable.objects.all()}
    found = Series.objects.values_list("key", "station", "variable")
    return {key: f"{stations.get(place, place)}, {variables.get(code, code)}" for key, place, code in found}


def write(verdict: dict[str, Any], by: str) -> bool:
    """Note a verdict; rules look again, and detection heeds it."""
    found = Anomaly.objects.filter(series=verdict["series"], start=verdict["start"])
    return reviews.judge(found, verdict["review"], by, verdict["note"]) > 0


def judged_by_another(verdict: dict[str, Any], by: str) -> Anomaly | None:
    """The event, where a colleague was first, whose verdict and note must not be wiped out by a page opened before."""
    found = Anomaly.objects.filter(series=verdict["series"], start=verdict["start"])
    return found.exclude(review=Anomaly.Review.NONE).exclude(reviewed_by=by).first()


def raised_bars() -> list[tuple[str, float]]:
    """Series with more alarms than were asked for, and how many times rarer an alarm has to be now."""
    raised = Series.objects.filter(strictness__gte=WORTH_SAYING).values_list("key", "strictness")
    return [(key, 10**powers) for key, powers in raised]


def shares() -> list[Share]:
    """The share of false alarms among the reviewed events, by series and month of their start (UTC)."""
    total: Counter[tuple[str, date]] = Counter()
    false: Counter[tuple[str, date]] = Counter()
    reviewed = Anomaly.objects.exclude(review=Anomaly.Review.NONE)
    for series, start, verdict in reviewed.values_list("series", "start", "review"):
        key = (series, date(start.year, start.month, 1))
        total[key] += 1
        false[key] += verdict == Anomaly.Review.FALSE_ALARM
    newest_first = sorted(total, key=lambda key: (key[1], key[0]), reverse=True)
    return [Share(series, month, total[series, month], false[series, month]) for series, month in newest_first]
