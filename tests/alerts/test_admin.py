"""The admin's pages of alerts, as an admin opens them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from alerts import tasks
from alerts.models import Alert, Contact, Delivery, Message, Rule, Silence, Subscription
from aqi_project import clock
from detection.models import Anomaly
from ingestion.models import Station

MODELS = (Alert, Contact, Delivery, Message, Rule, Silence)


@pytest.mark.parametrize("model", MODELS)
def test_list_and_form_open(
    admin_client: Client, rule: Rule, officer: Contact, happen: Callable[..., Anomaly], model: type
) -> None:
    happen()
    tasks.process_events()
    Silence.objects.create(ends_at=clock.now(), reason="works")
    base = f"/admin/alerts/{model._meta.model_name}/"
    assert admin_client.get(base).status_code == 200
    assert admin_client.get(f"{base}{model.objects.first().pk}/change/").status_code == 200


@pytest.mark.parametrize("model", [Alert, Message, Delivery])
def test_what_happened_cannot_be_changed(admin_client: Client, model: type) -> None:
    assert admin_client.get(f"/admin/alerts/{model._meta.model_name}/add/").status_code == 403


def test_a_rule_shows_what_it_would_say(admin_client: Client, rule: Rule) -> None:
    page = admin_client.get(f"/admin/alerts/rule/{rule.pk}/change/").content.decode()
    assert "PM2.5" in page or "AQI in Lahore" in page
    assert "لاہور" in page


def test_a_rule_is_made_by_choosing(admin_client: Client, rule: Rule) -> None:
    form = admin_client.get(f"/admin/alerts/rule/{rule.pk}/change/").context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None and name not in ("id", "pk")}
    chosen = {"stations": ["lahore"], "kinds": ["spike"], "channels": ["email", "sms"], "variable": "pm2_5"}
    admin_client.post(f"/admin/alerts/rule/{rule.pk}/change/", {**values, **chosen, "limits": "151, 201.5"})
    rule.refresh_from_db()
    assert (rule.stations, rule.kinds, rule.channels) == (["lahore"], ["spike"], ["email", "sms"])
    assert (rule.variable, rule.limits) == ("pm2_5", [151, 201.5])
    assert 'value="151, 201.5"' in admin_client.get(f"/admin/alerts/rule/{rule.pk}/change/").content.decode()


@pytest.mark.parametrize("text", ["high", "151; 201", "1e"])
def test_limits_that_are_no_numbers_are_refused(admin_client: Client, station: Station, text: str) -> None:
    page = admin_client.post("/admin/alerts/rule/add/", {"condition": "limit", "limits": text}).content.decode()
    assert "Write numbers with commas between them" in page


def test_what_is_wrong_with_a_rule_stands_at_its_field(admin_client: Client, station: Station) -> None:
    falling = {"condition": "limit", "limits": "201, 151", "template_en": "{% if %}"}
    errors = admin_client.post("/admin/alerts/rule/add/", falling).context["adminform"].form.errors
    assert errors["limits"] == ["Give at least one limit, the lowest first, such as [151, 201, 301]."]
    assert errors["template_en"][0].startswith("This template cannot be read")


def test_a_test_goes_through_every_channel_of_a_contact(admin_client: Client, officer: Contact) -> None:
    Contact.objects.update(webhook_url="http://127.0.0.1:1/hook")
    form = {"action": "send_test", "_selected_action": [str(officer.pk)]}
    page = admin_client.post("/admin/alerts/contact/", form, follow=True).content.decode()
    assert "2 test messages" in page
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email", "webhook"}
    assert set(Delivery.objects.values_list("kind", flat=True)) == {"test"}


def test_who_saves_a_rule_that_nobody_hears_of_is_told(admin_client: Client, rule: Rule) -> None:
    path = f"/admin/alerts/rule/{rule.pk}/change/"
    form = admin_client.get(path).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None and name not in ("id", "pk")}
    assert "Nobody is told of this rule yet" in admin_client.post(path, values, follow=True).content.decode()
    Subscription.objects.create(contact=Contact.objects.create(name="Officer"), rule=rule.slug)
    assert "Nobody is told" not in admin_client.post(path, values, follow=True).content.decode()


def test_times_are_those_of_the_admins_wall(admin_client: Client, admin_user: User) -> None:
    Contact.objects.create(name="Zainab", user=admin_user, timezone="Asia/Kathmandu")
    silence = Silence.objects.create(ends_at=datetime(2026, 11, 21, 7, 0, tzinfo=UTC), reason="works")
    page = admin_client.get(f"/admin/alerts/silence/{silence.pk}/change/").content.decode()
    assert 'value="12:45:00"' in page
