"""The public form: ask, confirm, change, stop."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from alerts import links, tasks
from alerts.forms import WishesForm
from alerts.models import Contact, Delivery, Rule, Subscription
from alerts.people import optin
from alerts.sending import delivery, digest
from aqi_project import clock
from detection.models import Anomaly, Severity
from ingestion.models import City, Station

pytestmark = pytest.mark.django_db
FORM = {"address": "Someone@Example.org", "place": "lahore", "severity": Severity.MODERATE}
PHONE = "+923001234567"


def ask(client: Client, **changes: object) -> object:
    answer = client.post("/subscribe/", {**FORM, **changes})
    delivery.send_due()
    return answer


def link_in_mail() -> str:
    found = re.search(r"http://localhost:8000(/subscribe/confirm/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def subscribed(client: Client) -> Contact:
    ask(client)
    client.post(link_in_mail())
    return Contact.objects.get()


def test_nothing_is_stored_before_the_owner_of_the_address_has_answered(client: Client, station: Station) -> None:
    ask(client)
    assert mail.outbox[0].to == ["someone@example.org"]
    assert not Contact.objects.exists()
    assert not Subscription.objects.exists()


def test_opening_the_link_confirms_nothing_because_mail_scanners_open_links(client: Client, station: Station) -> None:
    ask(client)
    assert client.get(link_in_mail()).status_code == 200
    assert not Contact.objects.exists()


def test_the_button_confirms_and_twice_is_once(client: Client, station: Station) -> None:
    ask(client)
    for _ in range(2):
        assert client.post(link_in_mail()).status_code == 302
    subscription = Subscription.objects.get()
    assert subscription.contact.email == "someone@example.org"
    assert (subscription.place, subscription.min_severity) == ("lahore", Severity.MODERATE)


def test_a_confirmed_citizen_gets_alerts_with_the_way_out(
    client: Client, rule: Rule, happen: Callable[..., Anomaly]
) -> None:
    contact = subscribed(client)
    mail.outbox.clear()
    happen()
    tasks.process_events()
    delivery.send_due()
    (sent,) = mail.outbox
    assert sent.extra_headers["List-Unsubscribe"] == f"<{links.unsubscribe(contact.uid)}>"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert links.unsubscribe(contact.uid) in sent.body


def test_one_click_stops_everything(client: Client, station: Station) -> None:
    contact = subscribed(client)
    address = links.unsubscribe(contact.uid).removeprefix("http://localhost:8000")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    contact.refresh_from_db()
    assert not contact.is_active


@pytest.mark.parametrize("wishes", [{}, {"digest": Contact.Digest.DAILY}])
def test_what_was_waiting_is_stopped_as_well(
    client: Client, rule: Rule, happen: Callable[..., Anomaly], wishes: dict[str, str]
) -> None:
    contact = subscribed(client)
    Contact.objects.update(**wishes)
    mail.outbox.clear()
    happen()
    tasks.process_events()
    client.post(links.unsubscribe(contact.uid).removeprefix("http://localhost:8000"))
    digest.send_digests(clock.now() + timedelta(days=1))
    delivery.send_due()
    assert not mail.outbox
    last = Delivery.objects.order_by("created_at").last()
    assert (last.state, last.error) == (Delivery.State.FAILED, "The contact was switched off or is gone.")


def test_following_the_way_out_stops_nothing_yet(client: Client, station: Station) -> None:
    contact = subscribed(client)
    assert client.get(links.unsubscribe(contact.uid).removeprefix("http://localhost:8000")).status_code == 200
    contact.refresh_from_db()
    assert contact.is_active


def test_a_forged_way_out_leads_nowhere(client: Client, station: Station) -> None:
    contact = subscribed(client)
    assert client.post(f"/subscribe/stop/{contact.uid}.forged").status_code == 404


def test_the_form_answers_the_same_for_a_known_address(client: Client, station: Station) -> None:
    unknown = ask(client)
    client.post(link_in_mail())
    known = ask(Client())
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert mail.outbox[0].subject == mail.outbox[1].subject


def test_who_confirms_reads_for_which_places(client: Client, station: Station) -> None:
    contact = subscribed(client)
    Station.objects.create(slug="mall", name="Mall Road", name_ur="مال روڈ")
    ask(client, place="mall")
    address = link_in_mail()
    assert "Alerts about Mall Road will go to someone@example.org." in client.get(address).content.decode()
    client.post(address)
    manage = f"/subscribe/manage/{links.token(links.UNSUBSCRIBE, contact.uid)}"
    assert "Alerts about Lahore, Mall Road go to someone@example.org." in client.get(manage).content.decode()
    assert "لاہور، مال روڈ" in client.get(f"{manage}?lang=ur").content.decode()


def test_a_city_with_several_stations_can_be_chosen_by_its_name(client: Client, station: Station) -> None:
    Station.objects.create(slug="mall", name="Mall Road", city="lahore")
    City.objects.update(name="City of Lahore", name_ur="شہرِ لاہور")
    assert "City of Lahore, the whole city" in client.get("/subscribe/").content.decode()
    assert "شہرِ لاہور، پورا شہر" in client.get("/subscribe/?lang=ur").content.decode()


def test_who_has_stopped_reads_nothing_of_alerts_that_come(client: Client, station: Station) -> None:
    contact = subscribed(client)
    optin.stop(contact)
    page = client.get(f"/subscribe/manage/{links.token(links.UNSUBSCRIBE, contact.uid)}").content.decode()
    assert "They are stopped." in page
    assert "someone@example.org" not in page
    assert "Stop all alerts" not in page


def test_a_stopped_citizen_can_come_back(client: Client, station: Station) -> None:
    contact = subscribed(client)
    Contact.objects.update(is_active=False)
    client.post(link_in_mail())
    contact.refresh_from_db()
    assert contact.is_active


def test_who_comes_back_for_one_place_gets_no_older_ones(client: Client, station: Station) -> None:
    contact = subscribed(client)
    Subscription.objects.create(contact=contact, place="multan")
    optin.stop(contact)
    for _ in range(2):
        client.post(link_in_mail())
    assert list(Subscription.objects.filter(is_active=True).values_list("place", flat=True)) == ["lahore"]
    Subscription.objects.update(is_active=True)
    client.post(link_in_mail())
    assert Subscription.objects.filter(is_active=True).count() == 2


@pytest.mark.usefixtures("one_window")
def test_one_address_cannot_be_flooded(client: Client, station: Station) -> None:
    for _ in range(5):
        assert ask(client).status_code == 302
    assert Delivery.objects.count() == optin.MAILS_PER_ADDRESS


@pytest.mark.usefixtures("one_window")
def test_who_tries_address_after_address_is_told_when_to_come_again(client: Client, station: Station) -> None:
    answers = [ask(client, address=f"a{number}@example.org") for number in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert (answers[-1]["Retry-After"], b"Please wait an hour" in answers[-1].content) == ("3600", True)


@pytest.mark.usefixtures("one_window")
def test_visitors_behind_a_proxy_are_told_apart(station: Station, settings: Settings) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    def answer(number: int, seen: str) -> int:
        client = Client(headers={"X-Forwarded-For": seen})
        return client.post("/subscribe/", {**FORM, "address": f"a{number}@example.org"}).status_code

    assert [answer(number, f"203.0.113.{number}") for number in range(11)] == [302] * 11
    invented = [answer(number, f"192.0.2.{number}, 198.51.100.7") for number in range(20, 31)]
    assert invented == [302] * 10 + [429]


def test_a_robot_is_thanked_and_forgotten(client: Client, station: Station) -> None:
    assert ask(client, website="http://spam.example").status_code == 302
    assert not mail.outbox


@pytest.mark.parametrize("address", ["nobody", "a@", "123", "+1", ""])
def test_a_wrong_address_is_told(client: Client, station: Station, address: str) -> None:
    answer = ask(client, address=address)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_without_a_gateway_nobody_waits_for_a_code(client: Client, station: Station, settings: Settings) -> None:
    settings.SMS_URL = ""
    page = ask(client, address=PHONE).content.decode()
    assert "No SMS are sent from here. Give an e-mail address." in page
    assert (
        "ایس ایم ایس نہیں بھیجے جاتے" in client.post("/subscribe/?lang=ur", {**FORM, "address": PHONE}).content.decode()
    )
    assert not Delivery.objects.exists()


def test_a_link_that_is_too_old_says_so(client: Client, station: Station) -> None:
    assert client.get("/subscribe/confirm/nonsense").status_code == 410


def test_a_mobile_number_is_confirmed_by_its_code(client: Client, station: Station, settings: Settings) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    page = ask(client, address="0300 123-4567").content.decode()
    row = Delivery.objects.get()
    assert (row.address, row.channel) == (PHONE, "sms")
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    code = re.search(r"\d{6}", row.text)[0]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert "not right" in client.post("/subscribe/code", {"token": token, "code": wrong}).content.decode()
    assert client.post("/subscribe/code", {"token": token, "code": code}).status_code == 302
    assert Contact.objects.get().phone == PHONE


def test_digits_of_an_urdu_keyboard_are_digits(client: Client, station: Station, settings: Settings) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    page = ask(client, address="۰۳۰۰ ۱۲۳۴۵۶۷").content.decode()
    row = Delivery.objects.get()
    assert row.address == PHONE
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    code = re.search(r"\d{6}", row.text)[0].translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert client.post("/subscribe/code", {"token": token, "code": code}).status_code == 302


def test_a_mobile_number_is_told_once_how_to_stop(client: Client, station: Station, settings: Settings) -> None:
    """The link would make each SMS twice as long."""
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    for _ in range(2):
        page = ask(client, address=PHONE).content.decode()
        code = re.search(r"\d{6}", Delivery.objects.filter(contact="").latest("created_at").text)[0]
        client.post("/subscribe/code", {"token": re.search(r'name="token" value="([^"]+)"', page)[1], "code": code})
    row = Delivery.objects.exclude(contact="").get()
    assert (row.address, row.channel, row.parts) == (PHONE, "sms", 2)
    way_out = row.text.removeprefix("Your air alerts are on. To change or stop them: http://localhost:8000")
    client.post(way_out)
    assert not Contact.objects.get(uid=row.contact).is_active


@pytest.mark.usefixtures("one_window")
def test_a_code_cannot_be_guessed(client: Client, station: Station, settings: Settings) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    page = ask(client, address=PHONE).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    code = re.search(r"\d{6}", Delivery.objects.get().text)[0]
    for _ in range(optin.CODE_TRIES):
        client.post("/subscribe/code", {"token": token, "code": "none"})
    client.post("/subscribe/code", {"token": token, "code": code})
    assert not Contact.objects.exists()


def test_a_citizen_can_change_when_and_how(client: Client, station: Station) -> None:
    contact = subscribed(client)
    address = f"/subscribe/manage/{links.token(links.UNSUBSCRIBE, contact.uid)}"
    wishes = {"language": "ur", "timezone": "Asia/Karachi", "quiet_from": "22:00", "quiet_to": "06:00"}
    assert client.post(address, {**wishes, "digest": "daily", "digest_hour": 7}).status_code == 200
    contact.refresh_from_db()
    assert (contact.language, contact.digest, contact.quiet_from.hour) == ("ur", "daily", 22)
    half = client.post(address, {**wishes, "quiet_to": "", "digest": "none", "digest_hour": 7}).content.decode()
    assert "Quiet hours need both times, or neither." in half
    contact.refresh_from_db()
    assert (contact.digest, contact.quiet_to.hour) == ("daily", 6)


def test_wishes_bring_nobody_back_who_stops_meanwhile(client: Client, station: Station) -> None:
    contact = subscribed(client)
    form = WishesForm({"language": "ur", "timezone": "UTC", "digest": "daily", "digest_hour": 7}, instance=contact)
    assert form.is_valid(), form.errors
    Contact.objects.update(is_active=False)
    form.save()
    assert Contact.objects.values_list("is_active", "language").get() == (False, "ur")
    Contact.objects.all().delete()
    form.save()
    assert not Contact.objects.exists()


def test_an_agency_is_not_managed_by_links(client: Client, officer: Contact) -> None:
    assert client.get(f"/subscribe/manage/{links.token(links.UNSUBSCRIBE, officer.uid)}").status_code == 404


def test_the_form_speaks_urdu(station: Station) -> None:
    page = Client().get("/subscribe/?lang=ur").content.decode()
    assert 'dir="rtl"' in page
    assert "لاہور" in page
