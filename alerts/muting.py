"""Why a message goes to nobody: a silence, or an alert of the whole city that covers its stations."""

from django.db.models import Q

from alerts.models import Alert, Rule, Silence
from alerts.places import Place
from alerts.state_machine import State
from aqi_project import clock

COVERING = (State.FIRING, State.RECOVERING)


def reason(rule: Rule, place: Place, severity: int) -> str:
    """The reason, or an empty text."""
    return _silence(rule, place, severity) or _inhibition(rule, place, severity)


def _silence(rule: Rule, place: Place, severity: int) -> str:
    now = clock.now()
    for silence in Silence.objects.filter(ends_at__gt=now, starts_at__lte=now):
        if silence.mutes(rule.slug, place.keys, severity, now):
            return f"Silence: {silence.reason}"
    return ""


def _inhibition(rule: Rule, place: Place, severity: int) -> str:
    """An alert for the city that is at least as severe says it already, if it is about the same matter.

    An exercise says nothing of the air: it covers exercises alone.
    """
    around = place.keys - {place.key}
    if not around:
        return ""
    rules = [other.slug for other in Rule.objects.filter(scope=Rule.Scope.CITY) if other.matter == rule.matter]
    heard = Q(is_muted=False, severity__gte=severity, state__in=COVERING, rule__in=rules)
    heard &= Q(is_exercise=rule.is_exercise)
    wide = Alert.objects.filter(heard, place__in=list(around)).first()
    return f"Covered by the alert for {wide.place} ({wide.rule})" if wide else ""
