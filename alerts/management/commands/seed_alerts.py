"""`manage.py seed_alerts`: a rule, an officer and the schedules, so that alerts work from the first start."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.utils.translation import gettext_noop as _

from alerts.inbox import AGENCY
from alerts.models import Contact, Rule, Subscription
from aqi_project import clock
from aqi_project.queue import schedules
from detection.models import Severity

RULE = {
    "name": "Unusual air",
    "name_ur": "غیر معمولی ہوا",
    "condition": Rule.Condition.ANOMALY,
    "min_severity": Severity.MODERATE,
}
OFFICER = {"name": "Officer on duty", "kind": Contact.Kind.AGENCY}
SCHEDULES = {
    _("Take in anomalies"): "alerts.tasks.process_events",
    _("Check the rules"): "alerts.tasks.evaluate_rules",
    _("Send what is due"): "alerts.tasks.deliver",
}


class Command(BaseCommand):
    help = "Create the default rule, the officer's contact and the schedules of alerts. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        Rule.objects.get_or_create(slug="unusual-air", defaults=RULE)
        address = {"email": settings.OFFICER_EMAIL, "email_verified_at": clock.now()}
        officer, _ = Contact.objects.get_or_create(handle="officer", defaults={**OFFICER, **address})
        Subscription.objects.get_or_create(contact=officer, place="", rule="")
        Group.objects.get_or_create(name=AGENCY)
        for name, function in SCHEDULES.items():
            schedules.ensure(name, function, minutes=1)
        self.stdout.write(f"Alerts go to {officer.email}.")
