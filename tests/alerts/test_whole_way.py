"""A bad evening in Lahore, through the real worker and the real pages, from the reading to the receipt."""

import json
import re
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from alerts.channels.sms import callback_url
from alerts.inbox import AGENCY
from alerts.models import Alert, Contact, Delivery, Rule, Subscription
from alerts.views.receipts import signature
from aqi_project import clock
from detection.models import Severity
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.alerts.worker import shared_queue, worker
from tests.servers.gateway import GatewayServer, gateway
from tests.servers.smtp import SmtpServer, smtp_server
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
SECONDS = 30
HOUR = timedelta(hours=1)
SMS_URL = "twilio://AC1:token@+15550001111/{to}"


@dataclass
class World:
    mail: SmtpServer
    http: GatewayServer
    station: Station
    hour: datetime


@pytest.fixture
def world(db: None, settings: Settings) -> Iterator[World]:
    ensure_pollutants()
    place = {"latitude": 31.55, "longitude": 74.34, "city": "lahore"}
    station = Station.objects.create(slug="lahore", name="Lahore", name_ur="لاہور", **place)
    with ExitStack() as stack:
        stack.enter_context(shared_queue())
        mail, http = stack.enter_context(smtp_server()), stack.enter_context(gateway())
        settings.SMS_URL, settings.TWILIO_API_URL = SMS_URL, http.url
        stack.enter_context(worker(mail.port, SMS_URL=SMS_URL, TWILIO_API_URL=http.url))
        yield World(mail, http, station, clock.now().replace(minute=0, second=0, microsecond=0))


def air(world: World, values: dict[int, float]) -> None:
    """PM2.5 by hours before now."""
    rows = [
        Observation(world.hour - ago * HOUR, {"pm2_5": value, "pm10": 1.4 * value}, "push")
        for ago, value in sorted(values.items(), reverse=True)
    ]
    store(world.station, rows)


def people(world: World) -> User:
    """A citizen by SMS in Urdu, an officer by mail and inbox, a machine by webhook."""
    now = clock.now()
    user = User.objects.create_user("zainab")
    user.groups.add(Group.objects.create(name=AGENCY))
    officer = Contact.objects.create(name="Zainab", user=user, email="z@example.org", email_verified_at=now)
    phone = {"phone": "+923001234567", "phone_verified_at": now, "language": "ur"}
    citizen = Contact.objects.create(kind=Contact.Kind.CITIZEN, **phone)
    machine = Contact.objects.create(name="Machine", webhook_url=f"{world.http.url}/hook", webhook_secret="s")
    for contact in (officer, citizen, machine):
        Subscription.objects.create(contact=contact, min_severity=Severity.MODERATE)
    return user


def settled(count: int) -> Callable[[], bool]:
    open_states = (Delivery.State.QUEUED, Delivery.State.SENDING)
    return lambda: Delivery.objects.exclude(state__in=open_states).count() == count


def test_everybody_is_told_once_takes_it_on_and_hears_of_the_end(world: World) -> None:
    limit = {"condition": Rule.Condition.LIMIT, "variable": "pm2_5", "limits": [250], "recover_for": timedelta(0)}
    times = {"long_mean": HOUR, "acknowledge_within": HOUR}
    Rule.objects.create(slug="smog", name="Smog", name_ur="سموگ", **limit, **times)
    user = people(world)

    air(world, {3: 90.0, 2: 95.0, 1: 410.0})
    wait_until(settled(4), SECONDS)
    (mail,) = world.mail.mailbox.mails
    by_path = {request.path: request for request in world.http.intake.accepted}
    assert len(world.http.intake.accepted) == 2
    assert "PM2.5" in mail.get_body(("plain",)).get_content()
    assert "سموگ" in by_path["/2010-04-01/Accounts/AC1/Messages.json"].form["Body"]
    assert json.loads(by_path["/hook"].body)["kind"] == "alert"

    sms = Delivery.objects.get(channel="sms")
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = {"X-Twilio-Signature": signature(callback_url(sms.reference), form)}
    Client().post(f"/alerts/receipts/twilio/{sms.reference}", form, headers=signed)
    assert Delivery.objects.get(channel="sms").state == Delivery.State.DELIVERED

    link = re.search(r"http://localhost:8000(/alerts/\S+/acknowledge/\S+)", mail.get_body(("plain",)).get_content())
    assert link
    Client().post(urllib.parse.unquote(link[1]))
    officer = Client()
    officer.force_login(user)
    assert "taken on by Zainab" in officer.get("/inbox/").content.decode()

    air(world, {0: 80.0})
    wait_until(settled(8), SECONDS)
    alert = Alert.objects.get()
    assert alert.state == "resolved"
    assert b"<msgType>Cancel</msgType>" in Client().get(f"/alerts/{alert.identifier}.cap.xml").content
    assert len(set(world.mail.mailbox.ids())) == len(world.mail.mailbox.mails) == 2
