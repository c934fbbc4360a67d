"""Conditions of rules: what each kind sees at one station at one moment. A registry: kind → dotted path.

A condition is a class. `load(rule, station, since, until)` reads what it needs, once, for the whole span;
`see(at)` then answers for any moment in it without touching the database: live it is asked once, in a replay of
90 days two thousand times.
"""

from datetime import datetime
from typing import Protocol, Self

from django.utils.module_loading import import_string

from alerts.conditions.sight import Seen
from alerts.models import Rule
from ingestion.models import Station

CONDITIONS = {
    Rule.Condition.ANOMALY: "alerts.conditions.anomaly.AnomalyCondition",
    Rule.Condition.LIMIT: "alerts.conditions.limit.LimitCondition",
    Rule.Condition.FORECAST: "alerts.conditions.forecast.ForecastCondition",
    Rule.Condition.DISAGREEMENT: "alerts.conditions.disagreement.DisagreementCondition",
    Rule.Condition.NO_DATA: "alerts.conditions.no_data.NoDataCondition",
}


class Condition(Protocol):
    @classmethod
    def load(cls, rule: Rule, station: Station, since: datetime, until: datetime) -> Self:
        """Read what `see` needs for moments from `since` to `until`."""

    def see(self, at: datetime) -> Seen:
        """What the rule sees at `at`, from what was known then."""


def load(rule: Rule, station: Station, since: datetime, until: datetime) -> Condition:
    condition: type[Condition] = import_string(CONDITIONS[Rule.Condition(rule.condition)])
    return condition.load(rule, station, since, until)


def now(rule: Rule, station: Station, at: datetime) -> Seen:
    """What the rule sees at the station at one moment."""
    return load(rule, station, at, at).see(at)


__all__ = ["CONDITIONS", "Condition", "Seen", "load", "now"]
