"""How long the record of what was sent to whom is kept. Alerts and messages, which hold no addresses, stay."""

from django.conf import settings

from alerts.models import Delivery
from aqi_project import clock

OPEN_STATES = (Delivery.State.QUEUED, Delivery.State.SENDING, Delivery.State.HELD)


def forget_old() -> int:
    """Delete settled deliveries that are older than DELIVERIES_KEPT_DAYS; returns how many."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - settings.DELIVERIES_KEPT)
    return int(old.exclude(state__in=OPEN_STATES).delete()[0])
