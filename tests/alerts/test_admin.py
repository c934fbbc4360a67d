"""The admin's pages of alerts, as an admin opens them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from lxml.html import fromstring

from alerts import tasks
from alerts.models import Alert, Contact, Delivery, Message, Rule, Silence, Subscription
from alerts.people.optin import stop
from aqi_project import clock
from detection.models import Anomaly
from ingestion.models import City, Station

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
    assert "<b>Lahore: Unusual air (Moderate)</b>" in page
    assert "<b>لاہور: غیر معمولی ہوا" in page


def rule_form(admin: Client, rule: Rule) -> dict[str, Any]:
    """What a browser sends of a rule that nobody has touched."""
    form = admin.get(f"/admin/alerts/rule/{rule.pk}/change/").context["adminform"].form
    return {name: value for name, value in form.initial.items() if value is not None and name not in ("id", "pk")}


def test_a_rule_is_made_by_choosing(admin_client: Client, rule: Rule) -> None:
    values = rule_form(admin_client, rule)
    chosen = {"stations": ["lahore"], "kinds": ["spike"], "channels": ["email", "sms"], "variable": "pm2_5"}
    admin_client.post(f"/admin/alerts/rule/{rule.pk}/change/", {**values, **chosen, "limits": "151, 201.5"})
    rule.refresh_from_db()
    assert (rule.stations, rule.kinds, rule.channels) == (["lahore"], ["spike"], ["email", "sms"])
    assert (rule.variable, rule.limits) == ("pm2_5", [151, 201.5])
    assert 'value="151, 201.5"' in admin_client.get(f"/admin/alerts/rule/{rule.pk}/change/").content.decode()


def test_a_rule_keeps_the_name_by_which_subscriptions_know_it(admin_client: Client, rule: Rule) -> None:
    path = f"/admin/alerts/rule/{rule.pk}/change/"
    values = rule_form(admin_client, rule)
    admin_client.post(path, {**values, "name": "Another", "slug": "another"})
    rule.refresh_from_db()
    assert (rule.name, rule.slug) == ("Another", "unusual-air")
    tried = admin_client.post(f"/admin/alerts/rule/rehearse/?saved={rule.pk}", values).content.decode()
    assert "Nothing was saved" in tried
    assert "errorlist" not in tried


@pytest.mark.parametrize(
    ("spans", "field", "told"),
    [
        ({"short_mean": "05:00:00", "long_mean": "01:00:00"}, "long_mean", "at least as much as the short one"),
        ({"long_mean": "99999999999"}, "long_mean", "A year is the most"),
        ({"cooldown": "-1"}, "cooldown", "No time is shorter than none"),
    ],
)
def test_spans_with_which_a_rule_cannot_be_reckoned_are_refused(
    admin_client: Client, rule: Rule, spans: dict[str, str], field: str, told: str
) -> None:
    given = {**rule_form(admin_client, rule), "condition": "limit", "limits": "151", **spans}
    answer = admin_client.post(f"/admin/alerts/rule/{rule.pk}/change/", given)
    assert told in answer.context["adminform"].form.errors[field][0]
    assert answer.content.decode().count("60 alone is 60 seconds") == 4


def test_limits_may_stand_between_urdu_commas(admin_client: Client, rule: Rule) -> None:
    given = {**rule_form(admin_client, rule), "condition": "limit", "limits": "۱۵۱، ۲۰۱"}
    admin_client.post(f"/admin/alerts/rule/{rule.pk}/change/", given)
    rule.refresh_from_db()
    assert rule.limits == [151, 201]


def test_a_rehearsal_says_that_it_shows_some_places_only(admin_client: Client, rule: Rule, station: Station) -> None:
    for number in range(6):
        Station.objects.create(slug=f"more-{number}", name="More")
    page = admin_client.post(f"/admin/alerts/rule/rehearse/?saved={rule.pk}", rule_form(admin_client, rule))
    assert "Only 5 of 7 places are shown." in page.content.decode()


@pytest.mark.parametrize("text", ["high", "151; 201", "1e"])
def test_limits_that_are_no_numbers_are_refused(admin_client: Client, station: Station, text: str) -> None:
    page = admin_client.post("/admin/alerts/rule/add/", {"condition": "limit", "limits": text}).content.decode()
    assert "Write numbers with commas between them" in page


def test_what_is_wrong_with_a_rule_stands_at_its_field(admin_client: Client, station: Station) -> None:
    falling = {"condition": "limit", "limits": "201, 151", "template_en": "{% if %}"}
    errors = admin_client.post("/admin/alerts/rule/add/", falling).context["adminform"].form.errors
    assert errors["limits"] == ["Give at least one limit, the lowest first, such as [151, 201, 301]."]
    assert errors["template_en"][0].startswith("This template cannot be read")


def contact_form(**changes: str) -> dict[str, str]:
    """An officer with one subscription, as the form sends it."""
    own = {"name": "Duty", "kind": "agency", "language": "en", "timezone": "Asia/Karachi", "digest": "none"}
    numbers = {
        "digest_hour": "8",
        "sms_cap": "100",
        "subscriptions-TOTAL_FORMS": "1",
        "subscriptions-INITIAL_FORMS": "0",
    }
    wanted = {"subscriptions-0-min_severity": "3", "subscriptions-0-step": "0", "subscriptions-0-is_active": "on"}
    return {**own, **numbers, **wanted, **changes}


def test_what_a_contact_hears_of_is_chosen(admin_client: Client, rule: Rule) -> None:
    where = {"subscriptions-0-place": "city:lahore", "subscriptions-0-rule": "unusual-air"}
    admin_client.post("/admin/alerts/contact/add/", contact_form(**where, **{"subscriptions-0-channels": "sms"}))
    made = Subscription.objects.get()
    assert (made.place, made.rule, made.channels) == ("city:lahore", "unusual-air", ["sms"])


def test_cities_are_chosen_by_name(admin_client: Client, station: Station) -> None:
    City.objects.update(name="City of Lahore")
    assert ">City of Lahore, the whole city</option>" in admin_client.get("/admin/alerts/silence/add/").content.decode()
    assert '"lahore">City of Lahore</option>' in admin_client.get("/admin/alerts/rule/add/").content.decode()


@pytest.mark.parametrize(("language", "name"), [("en", "US AQI"), ("ur", "امریکی اے کیو آئی")])
def test_a_standard_is_chosen_by_its_name(admin_client: Client, language: str, name: str) -> None:
    page = admin_client.get("/admin/alerts/rule/add/", headers={"accept-language": language}).content.decode()
    assert f'<option value="us_epa">{name}</option>' in page


def test_a_subscription_that_was_added_and_left_as_it_is_hears_of_everything(admin_client: Client, rule: Rule) -> None:
    admin_client.post("/admin/alerts/contact/add/", contact_form())
    made = Subscription.objects.get()
    assert (made.place, made.rule, made.min_severity, made.is_active) == ("", "", 3, True)


def test_who_saves_a_contact_that_nothing_reaches_is_told(admin_client: Client, rule: Rule) -> None:
    mute = contact_form(email="duty@example.org", **{"subscriptions-TOTAL_FORMS": "0"})
    page = admin_client.post("/admin/alerts/contact/add/", mute, follow=True).content.decode()
    assert "Nothing is sent to duty@example.org before it is marked as verified." in page
    assert "This contact hears of nothing yet." in page
    proof = {"email_verified_at_0": "2026-11-22", "email_verified_at_1": "10:00:00"}
    heard = contact_form(email="head@example.org", **proof)
    page = admin_client.post("/admin/alerts/contact/add/", heard, follow=True).content.decode()
    assert Contact.objects.filter(email="head@example.org").exists()
    assert "Nothing is sent to" not in page
    assert "hears of nothing" not in page


@pytest.mark.parametrize("typed", ["+92 300 123-4567", "0300 1234567", "\u202a+92 (300) 1234567\u202c"])
def test_a_number_is_taken_however_it_is_spaced(admin_client: Client, rule: Rule, typed: str) -> None:
    admin_client.post("/admin/alerts/contact/add/", contact_form(phone=typed))
    assert Contact.objects.get().phone == "+923001234567"
    field = admin_client.get("/admin/alerts/contact/add/").context["adminform"].form["phone"]
    assert "maxlength" not in str(field)  # the browser would cut it


@pytest.mark.parametrize("half", ["quiet_from", "quiet_to"])
def test_half_of_the_quiet_hours_are_no_quiet_hours(admin_client: Client, rule: Rule, half: str) -> None:
    page = admin_client.post("/admin/alerts/contact/add/", contact_form(**{half: "22:00"})).content.decode()
    assert "Quiet hours need both times, or neither." in page
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("field", "slip"), [("place", "lahroe"), ("rule", "unusual_air"), ("channels", "pigeon")])
def test_a_slip_of_a_letter_keeps_nobody_from_being_told(
    admin_client: Client, rule: Rule, field: str, slip: str
) -> None:
    page = admin_client.post("/admin/alerts/contact/add/", contact_form(**{f"subscriptions-0-{field}": slip}))
    assert "Select a valid choice" in page.content.decode()
    assert not Contact.objects.exists()


def test_a_silence_names_a_place_that_there_is(admin_client: Client, rule: Rule) -> None:
    given = {"max_severity": "4", "starts_at_0": "2026-11-22", "starts_at_1": "10:00", "reason": "works"}
    given |= {"ends_at_0": "2026-11-23", "ends_at_1": "10:00", "rule": "unusual-air"}
    page = admin_client.post("/admin/alerts/silence/add/", {**given, "place": "lahroe"}).content.decode()
    assert "Select a valid choice" in page
    admin_client.post("/admin/alerts/silence/add/", {**given, "place": "lahore"})
    assert Silence.objects.get().place == "lahore"


def test_a_contact_whose_station_is_gone_can_still_be_changed(admin_client: Client, officer: Contact) -> None:
    kept = Subscription.objects.get()
    Subscription.objects.update(place="gone")
    same = {"subscriptions-INITIAL_FORMS": "1", "subscriptions-0-id": str(kept.pk), "subscriptions-0-place": "gone"}
    same["subscriptions-0-contact"] = str(officer.pk)
    admin_client.post(f"/admin/alerts/contact/{officer.pk}/change/", contact_form(**same, name="New name"))
    officer.refresh_from_db()
    assert officer.name == "New name"


def test_a_webhook_is_signed_with_something(admin_client: Client, station: Station) -> None:
    page = admin_client.post("/admin/alerts/contact/add/", contact_form(webhook_url="https://agency.example/hook"))
    assert "A webhook needs a secret" in page.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("webhook_url", "ftp://agency.example/", "starts with https:// or http://"),
        ("apprise_url", "tgram://123", "Apprise knows no service with this address"),
    ],
)
def test_an_address_at_which_nothing_can_ever_arrive_is_refused(
    admin_client: Client, station: Station, field: str, value: str, told: str
) -> None:
    form = contact_form(webhook_secret="s", **{field: value})
    assert told in admin_client.post("/admin/alerts/contact/add/", form).content.decode()
    assert not Contact.objects.exists()


def test_a_service_that_apprise_knows_is_taken(admin_client: Client, station: Station) -> None:
    admin_client.post("/admin/alerts/contact/add/", contact_form(apprise_url="ntfy://topic"))
    assert Contact.objects.get().apprise_url == "ntfy://topic"


def test_who_saves_a_contact_without_any_address_is_told(admin_client: Client, station: Station) -> None:
    page = admin_client.post("/admin/alerts/contact/add/", contact_form(), follow=True).content.decode()
    assert "No channel reaches this contact." in page
    page = admin_client.post("/admin/alerts/contact/add/", contact_form(apprise_url="ntfy://x"), follow=True)
    assert "No channel reaches" not in page.content.decode()


def shown(client: Client, address: str, form: str) -> dict[str, Any]:
    """What a browser sends back of a page that nobody has touched, with what the page showed."""
    return dict(fromstring(client.get(address).content).xpath("//form[@id=$it]", it=form)[0].form_values())


def test_a_page_that_was_opened_before_takes_back_no_goodbye(admin_client: Client, officer: Contact) -> None:
    """A citizen who had stopped while an admin corrected the name was written to again."""
    address = f"/admin/alerts/contact/{officer.pk}/change/"
    page = shown(admin_client, address, "contact_form")
    stop(officer)
    Subscription.objects.update(min_severity=5)
    admin_client.post(address, page | {"name": "Zainab"})
    officer.refresh_from_db()
    assert (officer.name, officer.is_active, officer.subscriptions.get().min_severity) == ("Zainab", False, 5)


def test_a_box_that_was_unticked_is_saved(admin_client: Client, officer: Contact) -> None:
    address = f"/admin/alerts/contact/{officer.pk}/change/"
    page = shown(admin_client, address, "contact_form")
    del page["is_active"]
    admin_client.post(address, page)
    officer.refresh_from_db()
    assert not officer.is_active


def test_another_address_has_to_be_marked_as_verified_anew(admin_client: Client, officer: Contact) -> None:
    address = f"/admin/alerts/contact/{officer.pk}/change/"
    page = shown(admin_client, address, "contact_form") | {"email": "someone@example.org"}
    told = admin_client.post(address, page, follow=True).content.decode()
    officer.refresh_from_db()
    assert (officer.email, officer.email_verified_at) == ("someone@example.org", None)
    assert "Nothing is sent to someone@example.org before it is marked as verified." in told
    chosen = {"action": "verify", "_selected_action": [str(officer.pk)]}
    assert (
        "1 addresses were marked" in admin_client.post("/admin/alerts/contact/", chosen, follow=True).content.decode()
    )
    officer.refresh_from_db()
    assert officer.email_verified_at
    assert "Email verified at" in LogEntry.objects.order_by("-action_time")[0].get_change_message()


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_time_that_cannot_be_stored_is_refused(admin_client: Client, station: Station, year: str) -> None:
    given = {"max_severity": "4", "starts_at_0": f"{year}-01-01", "starts_at_1": "00:00", "reason": "works"}
    given |= {"ends_at_0": "9999-12-31", "ends_at_1": "23:59"}
    assert "Give a year from 1900 to 2200." in admin_client.post("/admin/alerts/silence/add/", given).content.decode()


def test_a_test_goes_through_every_channel_of_a_contact(admin_client: Client, officer: Contact) -> None:
    Contact.objects.update(webhook_url="http://127.0.0.1:1/hook")
    form = {"action": "send_test", "_selected_action": [str(officer.pk)]}
    page = admin_client.post("/admin/alerts/contact/", form, follow=True).content.decode()
    assert "2 test messages" in page
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email", "webhook"}
    assert set(Delivery.objects.values_list("kind", flat=True)) == {"test"}


def test_who_saves_a_rule_that_nobody_hears_of_is_told(admin_client: Client, rule: Rule) -> None:
    path = f"/admin/alerts/rule/{rule.pk}/change/"
    values = rule_form(admin_client, rule)
    assert "Nobody is told of this rule yet" in admin_client.post(path, values, follow=True).content.decode()
    Subscription.objects.create(contact=Contact.objects.create(name="Officer"), rule=rule.slug)
    assert "Nobody is told" not in admin_client.post(path, values, follow=True).content.decode()


def test_times_are_those_of_the_admins_wall(admin_client: Client, admin_user: User) -> None:
    Contact.objects.create(name="Zainab", user=admin_user, timezone="Asia/Kathmandu")
    silence = Silence.objects.create(ends_at=datetime(2026, 11, 21, 7, 0, tzinfo=UTC), reason="works")
    page = admin_client.get(f"/admin/alerts/silence/{silence.pk}/change/").content.decode()
    assert 'value="12:45:00"' in page
