"""What a first start brings along."""

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from alerts.models import Contact, Rule, Subscription
from detection.models import Severity


@pytest.mark.django_db
def test_seeding_twice_is_seeding_once() -> None:
    call_command("seed_alerts")
    call_command("seed_alerts")
    assert (Rule.objects.count(), Contact.objects.count(), Subscription.objects.count()) == (1, 1, 1)
    assert Schedule.objects.filter(func__startswith="alerts.tasks.").count() == 3


@pytest.mark.django_db
def test_the_first_rule_is_about_events_that_matter_and_no_sensor_faults() -> None:
    call_command("seed_alerts")
    rule = Rule.objects.get()
    assert rule.min_severity == Severity.MODERATE
    assert "stuck" not in rule.wanted_kinds()


@pytest.mark.django_db
def test_an_admins_changes_stay() -> None:
    call_command("seed_alerts")
    Rule.objects.update(is_active=False)
    call_command("seed_alerts")
    assert not Rule.objects.get().is_active
