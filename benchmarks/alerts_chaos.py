"""Alerts under fire: servers that fail, hang up and restart, and a worker that is killed with -9 again and again.

What counts is what the receiving servers accepted, by Message-ID and Idempotency-Key. A delivery that a server accepted
while the worker died is sent again under the same identity: that is one delivery, and is counted apart as repeated.
The driver queues the tasks every second, where an installation has its schedules every minute.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django_q.tasks import async_task

from alerts.models import Contact, Delivery, Message, Rule, Subscription
from aqi_project import clock
from detection.models import Anomaly, Severity
from ingestion.models import Reading, Station
from tests.alerts.worker import kill, shared_queue, start_worker
from tests.servers import gateway, smtp
from tests.servers.smtp import Fate

FAILING = 0.2  # share of the calls
DOWN = 2.0  # seconds that a restart takes
OPEN_STATES = (Delivery.State.QUEUED, Delivery.State.SENDING)
MAIL_FATES = (Fate.REFUSE, Fate.DROP_BEFORE, Fate.DROP_AFTER)
HTTP_FATES = (503, gateway.DROP_BEFORE, gateway.DROP_AFTER)


@dataclass
class Verdict:
    """Seen by the receiving servers."""

    expected: int
    lost: int
    doubled: int
    repeated: int
    kills: int
    seconds: float


@dataclass
class Servers:
    """A mail server and an HTTP server on fixed ports, which survive their restarts in what they received."""

    mailbox: smtp.Mailbox
    intake: gateway.Intake
    mail_port: int = 0
    http_port: int = 0
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def start(self) -> None:
        self.mail_port = self.stack.enter_context(smtp.smtp_server(self.mailbox, self.mail_port)).port
        self.http_port = self.stack.enter_context(gateway.gateway(self.intake, self.http_port)).port

    def restart(self) -> None:
        self.stack.close()
        time.sleep(DOWN)
        self.start()


def chaos(alerts: int, contacts: int, limit: float, life: float) -> Verdict:
    """Raise so many alerts to so many contacts in a prepared, empty database; ends after `limit` seconds.

    `life`: seconds after which the one worker is killed; starting takes it about two.
    """
    dice = random.Random(6)
    servers = Servers(smtp.Mailbox(fate=fates(dice, MAIL_FATES, Fate.ACCEPT)), gateway.Intake())
    servers.intake.fate = fates(dice, HTTP_FATES, gateway.ACCEPTED)
    started = time.monotonic()
    with shared_queue(), servers.stack:
        servers.start()
        prepare(alerts, contacts, servers.http_port)
        with workers(servers.mail_port) as mortal:
            drive(alerts * contacts, servers, mortal, started + limit, life)
        return judge(alerts * contacts, servers, mortal.kills, time.monotonic() - started)


T = TypeVar("T")


def fates(dice: random.Random, bad: tuple[T, ...], good: T) -> Callable[[], T]:
    return lambda: dice.choice(bad) if dice.random() < FAILING else good


def prepare(alerts: int, contacts: int, http_port: int) -> None:
    """One station that sends and one anomaly for each alert; every other contact has mail, the rest a webhook."""
    now = clock.now()
    Rule.objects.create(slug="chaos", name="Chaos", condition=Rule.Condition.ANOMALY)
    for number in range(contacts):
        mail = {"email": f"c{number}@example.org", "email_verified_at": now}
        hook = {"webhook_url": f"http://127.0.0.1:{http_port}/{number}", "webhook_secret": "x"}
        contact = Contact.objects.create(name=f"c{number}", **(hook if number % 2 else mail))
        Subscription.objects.create(contact=contact)
    Station.objects.bulk_create([Station(slug=f"s{n}", name=f"Station {n}") for n in range(alerts)])
    # a silent station is told of, by whoever looks second
    Reading.objects.bulk_create([_reading(f"s{n}", now) for n in range(alerts)])
    Anomaly.objects.bulk_create([_anomaly(f"s{n}") for n in range(alerts)])


def _reading(station: str, at: datetime) -> Reading:
    return Reading(station=station, at=at, values={}, provider="push", received_at=at)


def _anomaly(station: str) -> Anomaly:
    now = clock.now()
    times = {"start": now - timedelta(hours=1), "last_at": now, "peak_at": now}
    what = {"kind": Anomaly.Kind.SPIKE, "severity": Severity.SEVERE, "value": 400, "score": 0.9, "model_version": 1}
    series = {"series": f"{station}/pm2_5", "station": station, "variable": "pm2_5"}
    return Anomaly(**series, **times, **what, explanation="Far above the usual.", explanation_ur="معمول سے بہت زیادہ۔")


@dataclass
class Mortal:
    """The worker that dies and comes back."""

    port: int
    process: subprocess.Popen[bytes]
    kills: int = 0

    def reborn(self) -> None:
        kill(self.process)
        self.kills += 1
        self.process = start_worker(self.port)


@contextlib.contextmanager
def workers(port: int) -> Iterator[Mortal]:
    """Two clusters of one worker each."""
    steady, mortal = start_worker(port), Mortal(port, start_worker(port))
    try:
        yield mortal
    finally:
        kill(steady)
        kill(mortal.process)


def drive(expected: int, servers: Servers, mortal: Mortal, deadline: float, life: float) -> None:
    """Queue the tasks, kill, restart the servers once half way, until all is settled."""
    restarted, next_kill = False, time.monotonic() + life
    while time.monotonic() < deadline and not is_settled(expected):
        if not Message.objects.exists() or Anomaly.objects.filter(processed_revision=0).exists():
            async_task("alerts.tasks.process_events")
        async_task("alerts.tasks.deliver")
        time.sleep(1)
        if time.monotonic() > next_kill:
            mortal.reborn()
            next_kill = time.monotonic() + life
        if not restarted and Delivery.objects.exclude(state__in=OPEN_STATES).count() > expected / 2:
            servers.restart()
            restarted = True


def is_settled(expected: int) -> bool:
    return Delivery.objects.count() >= expected and not Delivery.objects.filter(state__in=OPEN_STATES).exists()


def judge(expected: int, servers: Servers, kills: int, seconds: float) -> Verdict:
    """Each (alert, contact) has one identity; whatever else the servers accepted is a double."""
    references = set(Delivery.objects.values_list("reference", flat=True))
    received = [identity.strip("<>").partition("@")[0] for identity in servers.mailbox.ids()] + servers.intake.keys()
    distinct = set(received)
    extra = Delivery.objects.count() - expected
    return Verdict(
        expected=expected,
        lost=max(0, expected - len(distinct & references)),
        doubled=max(0, extra) + len(distinct - references),
        repeated=len(received) - len(distinct),
        kills=kills,
        seconds=round(seconds, 1),
    )
