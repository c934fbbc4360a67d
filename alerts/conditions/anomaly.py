"""An anomaly of a severity and kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db.models import QuerySet

from alerts import timeseries
from alerts.conditions.sight import Seen, no_data
from alerts.models import Rule
from alerts.state_machine import Observation
from detection.models import Anomaly
from ingestion.models import Station

FRESH = timedelta(hours=24)  # an event that ended longer ago is history: a first training finds months of them
NO_EVENT = (Anomaly.Review.FALSE_ALARM, Anomaly.Review.SENSOR_FAULT)


@dataclass
class AnomalyCondition:
    rule: Rule
    station: str
    events: list[Anomaly]
    unseen: set[str]
    presence: timeseries.TimeSeries

    @classmethod
    def load(cls, rule: Rule, station: Station, since: datetime, until: datetime) -> Self:
        """In a replay, events count even where a later review took them back: nobody knew that then."""
        live = since == until
        found = matching(rule, station.slug).filter(start__lte=until, last_at__gte=since - FRESH)
        events = list(found.exclude(review__in=NO_EVENT) if live else found)
        unseen = {str(event.pk) for event in events if live and event.processed_revision == 0}
        return cls(rule, station.slug, events, unseen, timeseries.presence(station, since, until))

    def see(self, at: datetime) -> Seen:
        """An event that ended before anybody looked still counts once, or a short one would be lost."""
        events = [event for event in self.events if self._counts(event, at)]
        if self.presence.is_stale(at) and not self.unseen:
            return no_data(at, station=self.station)
        if not events:
            return Seen(Observation(at), {"station": self.station})
        worst = max(events, key=lambda event: (event.severity, event.score))
        level = int(worst.severity)
        return Seen(Observation(at, level, level), facts_of(worst), sorted(str(event.pk) for event in events))

    def _counts(self, event: Anomaly, at: datetime) -> bool:
        lasts = event.end is None or event.last_at >= at
        return event.start <= at and (lasts or str(event.pk) in self.unseen)


def matching(rule: Rule, station: str) -> QuerySet[Anomaly]:
    """The anomalies of a station that the rule is about."""
    events = Anomaly.objects.filter(station=station, severity__gte=rule.min_severity, kind__in=rule.wanted_kinds())
    return events.filter(variable=rule.variable) if rule.variable else events


def facts_of(event: Anomaly) -> dict[str, object]:
    return {
        "event": str(event.pk),
        "station": event.station,
        "variable": event.variable,
        "value": event.value,
        "expected": event.expected,
        "limit": event.upper,
        "explanation_en": event.explanation,
        "explanation_ur": event.explanation_ur,
        "days_between": event.days_between,
        "kind": event.kind,
    }
