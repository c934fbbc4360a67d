"""What providers report about messages."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from alerts import links
from alerts.channels.sms import SmsChannel, callback_url
from alerts.models import Delivery
from alerts.sending import delivery
from alerts.sending.delivery import ERROR_LENGTH
from alerts.views.receipts import signature
from aqi_project import clock

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def row(settings: Settings) -> Delivery:
    settings.SMS_URL = "twilio://AC1:token@+15550001111/{to}"
    return Delivery.objects.create(
        reference="r1", message="m", contact="c", channel="sms", kind="alert", address="+1", text="x", state=State.SENT
    )


def report(client: Client, signed: str | None = None, **form: str) -> int:
    expected = signature(callback_url("r1"), form) if signed is None else signed
    headers = {"X-Twilio-Signature": expected}
    return client.post("/alerts/receipts/twilio/r1", form, headers=headers).status_code


@pytest.mark.parametrize(
    ("status", "state"),
    [("delivered", State.DELIVERED), ("undelivered", State.FAILED), ("failed", State.FAILED), ("sent", State.SENT)],
)
def test_a_receipt_settles_the_delivery(client: Client, row: Delivery, status: str, state: str) -> None:
    assert report(client, MessageSid="SM1", MessageStatus=status) == 204
    row.refresh_from_db()
    assert row.state == state


def test_a_receipt_is_about_one_delivery_and_says_when_it_arrived(client: Client, row: Delivery) -> None:
    sent = clock.now().replace(microsecond=0) - timedelta(minutes=1)
    values = {"message": "m", "channel": "sms", "kind": "alert", "text": "x", "state": State.SENT}
    Delivery.objects.create(reference="r2", contact="another", **values)
    Delivery.objects.update(sent_at=sent)
    report(client, MessageStatus="delivered")
    row.refresh_from_db()
    assert (row.sent_at, row.delivered_at > sent) == (sent, True)
    assert Delivery.objects.values_list("state", "delivered_at").get(reference="r2") == (State.SENT, None)


def test_what_arrived_before_we_had_noted_it_was_sent_all_the_same(
    client: Client, row: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway may report before it has answered us."""
    monkeypatch.setattr(SmsChannel, "send", lambda *_: str(report(client, MessageStatus="delivered")))
    Delivery.objects.update(state=State.QUEUED, contact="")
    delivery.send_due()
    row.refresh_from_db()
    assert row.state == State.DELIVERED
    assert row.sent_at


def test_what_arrived_though_the_answer_to_its_sending_was_lost_is_not_sent_again(
    client: Client, row: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Delivery] = []
    monkeypatch.setattr(SmsChannel, "send", lambda _, delivery: sent.append(delivery))
    Delivery.objects.update(state=State.QUEUED, attempts=1, contact="", next_attempt_at=clock.now())
    report(client, MessageStatus="undelivered")
    report(client, MessageStatus="delivered")
    delivery.send_due()
    row.refresh_from_db()
    assert (row.state, sent) == (State.DELIVERED, [])


def test_a_failure_says_why(client: Client, row: Delivery) -> None:
    report(client, MessageStatus="undelivered", ErrorCode="30005" + "0" * 999)
    row.refresh_from_db()
    assert row.error.startswith("The provider reports: undelivered 300050")
    assert len(row.error) == ERROR_LENGTH


@pytest.mark.parametrize("signed", ["", "forged"])
def test_a_forged_receipt_changes_nothing(client: Client, row: Delivery, signed: str) -> None:
    assert report(client, signed, MessageStatus="failed") == 403
    row.refresh_from_db()
    assert row.state == State.SENT


@pytest.mark.parametrize(
    "url",
    [
        "",
        "forms://gateway.example/send?:to={to}",
        "forms://name:secret@gateway.example/send?:to={to}",
        "twilio://AC1@+15550001111/{to}",
    ],
)
def test_without_twilios_secret_nobody_can_sign(client: Client, row: Delivery, settings: Settings, url: str) -> None:
    settings.SMS_URL = url
    assert report(client, MessageStatus="failed") == 403
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_late_receipt_does_not_undo_a_settled_delivery(client: Client, row: Delivery) -> None:
    report(client, MessageStatus="delivered")
    report(client, MessageStatus="failed")
    row.refresh_from_db()
    assert row.state == State.DELIVERED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("delivered", State.DELIVERED),
        ("read", State.DELIVERED),
        ("Rejected", State.FAILED),
        ("expired", State.FAILED),
        ("queued", State.SENT),
    ],
)
def test_a_plain_gateway_reports_to_a_signed_address(client: Client, row: Delivery, status: str, state: str) -> None:
    path = links.receipt("r1").removeprefix("http://localhost:8000")
    assert client.post(path, {"status": status, "reason": "No such number"}).status_code == 204
    row.refresh_from_db()
    assert row.state == state
    assert ("No such number" in row.error) == (state == State.FAILED)


def test_nobody_else_knows_such_an_address(client: Client, row: Delivery) -> None:
    for forged in ("r1", "r1.forged", links.token(links.ACKNOWLEDGE, "r1")):
        assert client.post(f"/alerts/receipts/sms/{forged}", {"status": "failed"}).status_code == 403
    row.refresh_from_db()
    assert row.state == State.SENT


def test_the_signature_is_twilios(settings: Settings) -> None:
    """The worked example of Twilio's documentation on request validation."""
    settings.SMS_URL = "twilio://AC1:12345@+15550001111/{to}"
    form = {
        "To": "+18005551212",
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
    }
    assert signature("https://mycompany.com/myapp.php?foo=1&bar=2", form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
