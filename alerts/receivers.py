"""What alerts do when the parts below have news. They only queue work; a schedule catches what is missed.

And what they do when a rule is deleted.
"""

from datetime import datetime
from typing import Any

from django.db.models.signals import pre_delete
from django_q.tasks import async_task

from alerts import engine
from alerts.conditions.anomaly import FRESH
from alerts.models import Rule
from detection.signals import anomalies_changed
from ingestion.models import Station
from ingestion.signals import readings_stored
from ingestion.stations.present import present

UID = "alerts"


def connect() -> None:
    anomalies_changed.connect(on_anomalies, dispatch_uid=UID)
    readings_stored.connect(on_readings, dispatch_uid=UID)
    pre_delete.connect(on_deletion, sender=Rule, dispatch_uid=UID)


def on_anomalies(**kwargs: Any) -> None:
    async_task("alerts.tasks.process_events")


def on_readings(station: str, last: datetime, **kwargs: Any) -> None:
    """New readings, unless they are history that is being loaded. Anomalies come with a signal of their own."""
    if not Rule.active().exclude(condition=Rule.Condition.ANOMALY).exists():
        return
    found = Station.objects.filter(slug=station).first()
    if found and last > present(found) - FRESH:
        async_task("alerts.tasks.evaluate_rules", station)


def on_deletion(instance: Rule, **kwargs: Any) -> None:
    engine.keep_name(instance)
