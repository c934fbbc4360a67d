"""Each channel against a real server on loopback."""

import contextlib
import json
import socketserver
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from apprise.apprise import any_abandoned_calls_still_running
from django.contrib.auth.models import User
from pytest_django import Settings

from alerts import links, tasks
from alerts.channels.apprise import notify
from alerts.channels.base import ChannelError
from alerts.channels.webhook import signature
from alerts.models import Contact, Delivery, Rule, Subscription
from alerts.sending import delivery
from aqi_project import clock
from detection.models import Anomaly
from tests.servers.gateway import ACCEPTED, DROP_AFTER, DROP_BEFORE, GatewayServer, gateway
from tests.servers.loopback import LOOPBACK, LoopbackServer, running
from tests.waiting import wait_until

PHONE = "+923001234567"
SECONDS = 10.0  # on a busy machine
State = Delivery.State


@pytest.fixture
def server(settings: Settings) -> Iterator[GatewayServer]:
    with gateway() as running:
        settings.TWILIO_API_URL = running.url
        settings.SMS_URL = "twilio://AC123:token@+15550001111/{to}"
        yield running


@pytest.fixture
def told(rule: Rule, happen: Callable[..., Anomaly]) -> Callable[..., Delivery]:
    """Something happens and one contact with these addresses is to be told by one channel."""

    def tell(channel: str, **addresses: object) -> Delivery:
        contact = Contact.objects.create(phone_verified_at=clock.now(), **addresses)
        Subscription.objects.create(contact=contact, channels=[channel])
        happen()
        tasks.process_events()
        delivery.send_due()
        return Delivery.objects.get()

    return tell


def test_twilio_gets_the_text_once_and_tells_its_identifier(
    server: GatewayServer, told: Callable[..., Delivery]
) -> None:
    sent = told("sms", phone=PHONE, language="ur")
    (request,) = server.intake.accepted
    assert (sent.state, sent.provider_id) == (State.SENT, "SM1")
    assert request.path == "/2010-04-01/Accounts/AC123/Messages.json"
    assert request.form["To"] == PHONE
    assert request.form["From"] == "+15550001111"
    assert request.form["Body"] == sent.text
    assert request.form["StatusCallback"].endswith(f"/alerts/receipts/twilio/{sent.reference}")
    assert request.headers["i-twilio-idempotency-token"] == sent.reference
    assert request.headers["authorization"] == f"Basic {b64encode(b'AC123:token').decode()}"


def test_a_plain_http_gateway_is_reached_through_apprise(
    server: GatewayServer, told: Callable[..., Delivery], settings: Settings
) -> None:
    settings.SMS_URL = server.url.replace("http", "form") + "/send?:to={to}&:reference={id}&:callback={receipt}"
    sent = told("sms", phone=PHONE)
    (request,) = server.intake.accepted
    assert (sent.state, sent.provider_id) == (State.SENT, sent.reference)
    assert request.path == "/send"
    assert not request.form.get("title")
    assert request.form["to"] == PHONE
    assert request.form["reference"] == sent.reference
    assert request.form["callback"] == links.receipt(sent.reference)
    assert request.form["message"] == sent.text


def test_a_gateway_that_fails_is_tried_again(
    server: GatewayServer, told: Callable[..., Delivery], settings: Settings
) -> None:
    settings.SMS_URL = server.url.replace("http", "form") + "/send?:to={to}"
    server.intake.fate = lambda: 503
    waiting = told("sms", phone=PHONE)
    assert waiting.state == State.QUEUED
    assert "503" in waiting.error


@pytest.mark.parametrize(
    ("status", "state"), [(400, State.FAILED), (401, State.QUEUED), (403, State.QUEUED), (429, State.QUEUED)]
)
def test_only_what_can_change_such_as_our_own_password_is_tried_again(
    server: GatewayServer, told: Callable[..., Delivery], status: int, state: str
) -> None:
    server.intake.fate = lambda: status
    assert told("sms", phone=PHONE).state == state


@pytest.mark.parametrize(("status", "state"), [(400, State.FAILED), (429, State.QUEUED), (403, State.QUEUED)])
def test_what_a_plain_gateway_refuses_for_good_is_not_sent_again(
    server: GatewayServer, told: Callable[..., Delivery], settings: Settings, status: int, state: str
) -> None:
    settings.SMS_URL = server.url.replace("http", "form") + "/send?:to={to}"
    server.intake.fate = lambda: status
    refused = told("sms", phone=PHONE)
    assert (refused.state, refused.attempts) == (state, 1)
    assert f"error={status}" in refused.error


def test_without_a_gateway_no_sms_is_planned(told: Callable[..., Delivery], settings: Settings) -> None:
    settings.SMS_URL = ""
    with pytest.raises(Delivery.DoesNotExist):
        told("sms", phone=PHONE)


def test_an_urdu_sms_shows_its_parts(server: GatewayServer, told: Callable[..., Delivery]) -> None:
    sent = told("sms", phone=PHONE, language="ur")
    assert len(sent.text) > 70
    assert sent.parts == 2


def test_a_webhook_can_check_who_sent_it_and_when(server: GatewayServer, told: Callable[..., Delivery]) -> None:
    Contact.objects.create(name="A", webhook_secret="another one's")
    sent = told("webhook", webhook_url=f"{server.url}/hook", webhook_secret="s3cret")
    (request,) = server.intake.accepted
    stamp = request.headers["x-alert-timestamp"]
    assert request.headers["x-alert-signature"] == f"sha256={signature('s3cret', stamp, request.body)}"
    assert abs(clock.now().timestamp() - int(stamp)) < 60
    assert request.headers["idempotency-key"] == sent.provider_id == sent.reference
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert json.loads(request.body)["text"]["ur"].startswith("نومبر")
    assert sent.state == State.DELIVERED


def test_the_signature_of_a_webhook_is_what_others_reckon() -> None:
    """By `openssl dgst -sha256 -hmac s3cret` of the timestamp, a full stop and the body."""
    expected = "d5312991da630aba0250cc8a8bf144dd337eb50b7a9b66237eb34074b59d2d6a"
    assert signature("s3cret", "1763715600", '{"text": "خراب ہوا"}') == expected


def test_a_webhook_that_hangs_up_gets_the_same_key_again(server: GatewayServer, told: Callable[..., Delivery]) -> None:
    fates = iter([DROP_AFTER, ACCEPTED])
    server.intake.fate = lambda: next(fates)
    assert told("webhook", webhook_url=f"{server.url}/hook").state == State.QUEUED
    Delivery.objects.update(next_attempt_at=clock.now())
    delivery.send_due()
    assert Delivery.objects.get().state == State.DELIVERED
    assert len(server.intake.keys()) == 2
    assert len(set(server.intake.keys())) == 1


@pytest.mark.parametrize(("status", "state"), [(302, State.FAILED), (403, State.FAILED), (500, State.QUEUED)])
def test_a_webhook_is_not_led_elsewhere_and_says_itself_whom_it_refuses(
    server: GatewayServer, told: Callable[..., Delivery], status: int, state: str
) -> None:
    server.intake.fate = lambda: status
    assert told("webhook", webhook_url=f"{server.url}/hook").state == state


@contextlib.contextmanager
def dripping(said: bytes, then: bytes) -> Iterator[str]:
    """A server that says something at once, and then something else ten times a second, for ten seconds.

    At its end nobody listens to it any more: what was given up goes on in its thread, and warns in the log at last.
    """
    over = threading.Event()

    class Drip(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            with contextlib.suppress(OSError):
                self.request.sendall(said)
                for _ in range(100):
                    self.request.sendall(then)
                    if over.wait(0.1):
                        return

    with running(LoopbackServer((LOOPBACK, 0), Drip)) as server:
        yield server.url
        over.set()
        wait_until(lambda: not any_abandoned_calls_still_running(), SECONDS)


HEAD = b"HTTP/1.1 %d OK\r\n"


@pytest.mark.parametrize(
    ("said", "then", "state"),
    [
        (b"", b"H", State.QUEUED),
        (HEAD % 200, b"X-Slow: 1\r\n", State.QUEUED),
        (HEAD % 200 + b"Content-Length: 1000000\r\n\r\n", b"x", State.DELIVERED),
        (HEAD % 404 + b"\r\n", b"x", State.FAILED),
        (HEAD % 200 + b"\r\n", b"x" * 60_000, State.DELIVERED),
    ],
    ids=["in its status", "in its head", "in its body", "in its refusal", "without end"],
)
def test_a_server_that_drips_holds_nobody_up(
    told: Callable[..., Delivery], settings: Settings, said: bytes, then: bytes, state: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    with dripping(said, then) as url:
        began = time.monotonic()
        assert told("webhook", webhook_url=f"{url}/hook").state == state
    assert time.monotonic() - began < 5


def test_a_plain_gateway_that_drips_holds_nobody_up(told: Callable[..., Delivery], settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    with dripping(HEAD % 200 + b"Content-Length: 1000000\r\n\r\n", b"x") as url:
        settings.SMS_URL = f"form://{url.removeprefix('http://')}/?:to={{to}}"
        began = time.monotonic()
        waiting = told("sms", phone=PHONE)
    assert time.monotonic() - began < 5
    assert (waiting.state, waiting.error) == (State.QUEUED, "The service took too long.")


def test_what_a_service_says_too_late_is_no_reason_against_the_next(server: GatewayServer, settings: Settings) -> None:
    """It was refused for good after it had been given up, while the next one's connection was cut."""
    url, numbers, second_came = server.url.replace("http", "json"), count(1), threading.Event()

    def fate() -> int:
        if next(numbers) == 1:
            second_came.wait(SECONDS)
            return 400
        second_came.set()
        wait_until(lambda: not any_abandoned_calls_still_running(), SECONDS)
        return DROP_BEFORE

    server.intake.fate = fate
    settings.EMAIL_TIMEOUT = 0.1
    with pytest.raises(ChannelError, match="took too long"):
        notify(f"{url}/first", "", "It is hazy.")
    settings.EMAIL_TIMEOUT = SECONDS
    with pytest.raises(ChannelError, match="onnection") as second:
        notify(f"{url}/second", "", "It is hazy.")
    assert (second.value.permanent, "400" in str(second.value)) == (False, False)


def test_what_twilio_took_is_not_sent_again_however_it_says_so(
    server: GatewayServer, told: Callable[..., Delivery]
) -> None:
    server.intake.answer = []
    sent = told("sms", phone=PHONE)
    assert (sent.state, sent.provider_id) == (State.SENT, sent.reference)


def test_any_service_of_apprise_can_be_used(server: GatewayServer, told: Callable[..., Delivery]) -> None:
    sent = told("apprise", apprise_url=server.url.replace("http", "json") + "/room")
    (request,) = server.intake.accepted
    assert sent.state == State.SENT
    assert request.json["message"] == sent.text
    assert request.json["title"] == sent.subject


def test_an_address_that_apprise_does_not_know_fails_at_once(told: Callable[..., Delivery]) -> None:
    failed = told("apprise", apprise_url="nosuch://x")
    assert failed.state == State.FAILED
    assert "Apprise" in failed.error


def test_the_inbox_has_it_at_once(told: Callable[..., Delivery]) -> None:
    user = User.objects.create_user("zainab")
    assert told("inapp", user=user).state == State.DELIVERED


@pytest.mark.django_db
def test_no_sms_waits_for_a_dead_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is due is sent as soon as the mails have used up their time, and then the mails go on."""
    monkeypatch.setattr(delivery, "PATIENCE", timedelta(milliseconds=10))
    tried: list[str] = []

    def attempt(one: Delivery) -> None:
        tried.append(one.channel)
        time.sleep(0.02 if one.channel == "email" else 0)
        delivery._failed(one, "The server does not answer.", permanent=False)

    monkeypatch.setattr(delivery, "attempt", attempt)
    for number, kind in enumerate(["email", "email", "email", "sms", "webhook", "email"]):
        due = clock.now() - timedelta(minutes=60 - number)
        Delivery.objects.create(reference=str(number), message=str(number), channel=kind, next_attempt_at=due)
    assert delivery.send_due() == 6
    assert tried == ["email", "sms", "webhook", "email", "email", "email"]
