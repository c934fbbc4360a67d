"""What was sent to whom is evidence, and is forgotten in the end."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from alerts import retention, tasks
from alerts.models import Delivery
from aqi_project import clock

pytestmark = pytest.mark.django_db
State = Delivery.State


def test_settled_deliveries_are_forgotten_when_their_time_is_over(settings: Settings) -> None:
    settings.DELIVERIES_KEPT = timedelta(days=100)
    for days, state in ((101, State.SENT), (101, State.FAILED), (101, State.HELD), (99, State.SENT)):
        row = {"message": f"{days}{state}", "contact": "c", "channel": "email", "kind": "alert", "text": "x"}
        Delivery.objects.create(
            reference=f"{days}{state}", state=state, created_at=clock.now() - timedelta(days=days), **row
        )
    assert retention.forget_old() == 2
    assert sorted(Delivery.objects.values_list("reference", flat=True)) == ["101held", "99sent"]
    tasks.deliver()  # which gives up what is held for a contact that is gone
    assert list(Delivery.objects.values_list("reference", flat=True)) == ["99sent"]
