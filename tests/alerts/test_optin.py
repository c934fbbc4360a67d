"""The question to an address, and how long its answer counts."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from alerts.forms import SubscribeForm
from alerts.models import Contact, Delivery, Subscription
from alerts.people import optin
from aqi_project import clock
from detection.models import Severity
from ingestion.models import Station

pytestmark = pytest.mark.django_db
MAIL = optin.Wish("someone@example.org", "lahore", Severity.SEVERE, "en")
SMS = optin.Wish("+923001234567", "lahore", Severity.SEVERE, "ur")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """The clock that signs goes so much ahead."""

    def ahead(span: timedelta) -> None:
        at = time.time() + span.total_seconds()
        monkeypatch.setattr(signing.time, "time", lambda: at)

    return ahead


def code() -> str:
    """The digits that were sent."""
    text = Delivery.objects.get().text
    return "".join(letter for letter in text if letter.isdigit())[: optin.CODE_DIGITS]


@pytest.mark.parametrize(("span", "counts"), [(2 * DAY - MINUTE, True), (2 * DAY + MINUTE, False)])
def test_a_link_counts_for_two_days(after: Callable[[timedelta], None], span: timedelta, counts: bool) -> None:
    token = optin.ask(MAIL)
    after(span)
    assert optin.read(token) == ((MAIL, "") if counts else None)
    assert Client().get(f"/subscribe/confirm/{token}").status_code == (200 if counts else 410)


@pytest.mark.parametrize(("span", "counts"), [(29 * MINUTE, True), (31 * MINUTE, False)])
def test_a_code_counts_for_half_an_hour(after: Callable[[timedelta], None], span: timedelta, counts: bool) -> None:
    token = optin.ask(SMS)
    after(span)
    assert optin.right_code(token, f" {code()} ") == (SMS if counts else None)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_token_in_a_page_confirms_no_number_without_its_code(method: str) -> None:
    """Whoever typed a stranger's number has the token, and the stranger alone has the code."""
    token = optin.ask(SMS)
    assert getattr(Client(), method)(f"/subscribe/confirm/{token}").status_code == 404
    assert optin.right_code(token, "") is None
    assert not Contact.objects.exists()


def test_a_code_is_no_answer_to_a_question_by_mail_or_to_another_number() -> None:
    optin.ask(SMS)
    mine = code()
    assert optin.right_code(optin.ask(MAIL), mine) is None
    assert optin.right_code(optin.ask(optin.Wish("+923007654321", "lahore", 3, "ur")), mine) is None


def test_what_was_signed_for_something_else_is_no_wish() -> None:
    assert optin.read(signing.dumps({"address": "a@example.org"}, salt="something else")) is None


@pytest.mark.parametrize(("wish", "parts", "words"), [(MAIL, 0, "http://localhost:8000"), (SMS, 1, "کوڈ")])
def test_the_question_is_of_no_contact_and_speaks_the_language_of_who_asks(
    wish: optin.Wish, parts: int, words: str
) -> None:
    optin.ask(wish)
    row = Delivery.objects.get()
    assert (row.contact, row.kind, row.channel, row.address) == ("", "notice", wish.channel, wish.address)
    assert (row.language, row.parts, row.state) == (wish.language, parts, Delivery.State.QUEUED)
    assert words in row.text


def test_who_confirms_has_shown_an_address_and_is_told_there_alone() -> None:
    before = clock.now() - timedelta(seconds=1)
    contacts = [optin.confirm(wish) for wish in (MAIL, SMS)]
    assert [contact.kind for contact in contacts] == ["citizen", "citizen"]
    assert [(contact.email, contact.phone, contact.language) for contact in contacts] == [
        ("someone@example.org", "", "en"),
        ("", "+923001234567", "ur"),
    ]
    assert contacts[0].email_verified_at > before
    assert contacts[0].phone_verified_at is None
    assert contacts[1].phone_verified_at > before
    wanted = Subscription.objects.order_by("created_at").values_list(
        "channels", "place", "rule", "min_severity", "step"
    )
    assert list(wanted) == [(["email"], "lahore", "", Severity.SEVERE, 0), (["sms"], "lahore", "", Severity.SEVERE, 0)]


def test_who_asks_again_changes_how_severe_it_has_to_be() -> None:
    optin.confirm(MAIL)
    optin.confirm(optin.Wish(MAIL.address, "lahore", Severity.EXTREME, "ur"))
    assert list(Subscription.objects.values_list("min_severity", flat=True)) == [Severity.EXTREME]


def test_who_subscribes_from_a_page_in_a_third_language_gets_messages_in_one_that_they_are_written_in() -> None:
    assert optin.confirm(optin.Wish(MAIL.address, "lahore", Severity.SEVERE, "fa")).language == "en"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Some One@Example.ORG ", "someone@example.org"),
        ("+92 300 1234567", "+923001234567"),
        ("0092-300-1234567", "+923001234567"),
        ("0300 123 4567", "+923001234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("300 1234567", None),
        ("+92 (300) 1234567", "+923001234567"),
        ("+92 300", None),
        ("some@one", None),
    ],
)
def test_an_address_is_read_however_it_is_typed(
    station: Station, settings: Settings, typed: str, address: str | None
) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    form = SubscribeForm({"address": typed, "place": "lahore", "severity": Severity.MODERATE})
    given: Any = form.cleaned_data.get("address") if form.is_valid() or form.errors else None
    assert given == address
