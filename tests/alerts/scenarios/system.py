"""Alerts at work: a real worker, a real web process, and servers on loopback that keep what they receive.

All scenarios share one system, each with stations, rules and people of its own; nothing is emptied in between.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message as Mail
from typing import Any, Self

import httpx
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django_q.brokers import get_broker
from django_q.tasks import async_task

from alerts.inbox import AGENCY
from alerts.management.commands.seed_alerts import SCHEDULES
from alerts.models import Alert, Contact, Delivery, Message, Rule, Subscription
from aqi_project import clock
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.alerts.worker import shared_queue, worker
from tests.servers.gateway import Accepted, GatewayServer, gateway
from tests.servers.smtp import SmtpServer, smtp_server
from tests.servers.web import daphne
from tests.waiting import wait_until

HOUR = timedelta(hours=1)
SECONDS = 120  # at most until something is expected to have happened
PASSWORD = "a-long-passphrase"


@dataclass
class System:
    mail: SmtpServer
    http: GatewayServer
    address: str  # of the pages
    now: datetime  # when it began

    @classmethod
    def start(cls, stack: ExitStack) -> Self:
        stack.enter_context(shared_queue())
        mail, http = stack.enter_context(smtp_server()), stack.enter_context(gateway())
        sms = f"form://127.0.0.1:{http.port}/sms?:to={{to}}&:reference={{id}}&:callback={{receipt}}"
        web = stack.enter_context(daphne(SMS_URL=sms))
        address = f"http://localhost:{web.port}"
        ensure_pollutants()
        call_command("seed_alerts", verbosity=0)
        stack.enter_context(worker(mail.port, SMS_URL=sms, SITE_URL=address))
        return cls(mail, http, address, clock.now().replace(second=0, microsecond=0))

    # --- who and where ---

    def officer(self, name: str) -> User:
        user = User.objects.create_user(name, password=PASSWORD)
        user.groups.add(Group.objects.get(name=AGENCY))
        return user

    def station(self, slug: str, **changes: Any) -> Station:
        place = {"name": slug.title(), "latitude": 31.5, "longitude": 74.3, **changes}
        return Station.objects.create(slug=slug, **place)

    def rule(self, slug: str, *stations: Station, **changes: Any) -> Rule:
        """PM2.5 over 100, 200 or 300 µg/m³, without waiting, at these stations."""
        limit = {"condition": Rule.Condition.LIMIT, "variable": "pm2_5", "limits": [100, 200, 300], "long_mean": HOUR}
        times = {"recover_for": timedelta(0), "cooldown": timedelta(0)}
        names = {"name": slug.title(), "name_ur": "سموگ", "stations": [station.slug for station in stations]}
        return Rule.objects.create(slug=slug, **{**limit, **times, **names, **changes})

    def listener(self, name: str, place: str, wish: dict[str, Any] | None = None, **contact: Any) -> str:
        """Somebody who is told of a place; returns the mail address."""
        address = f"{name}@example.org"
        mail = {"email": address, "email_verified_at": clock.now()}
        made = Contact.objects.create(name=name, **{**mail, "phone_verified_at": clock.now(), **contact})
        Subscription.objects.create(contact=made, place=place, **(wish or {}))
        return address

    # --- what happens ---

    def air(self, station: Station, pm2_5: float, ago: float = 0) -> None:
        """A reading comes, so many hours old."""
        store(station, [Observation(self.now - ago * HOUR, {"pm2_5": pm2_5}, "push")])

    def minute(self) -> None:
        """A minute passes: what the schedule queues then."""
        for function in SCHEDULES.values():
            async_task(function)

    # --- what is to be seen ---

    def until(self, condition: Callable[[], Any]) -> None:
        wait_until(lambda: bool(condition()), SECONDS)

    def rest(self) -> None:
        """Until the worker has nothing left to do."""
        self.until(lambda: not get_broker().collection.count_documents({}))
        assert not Message.objects.filter(queued_at=None).exists()

    def mails(self, to: str) -> list[Mail]:
        with self.mail.mailbox.lock:
            return [mail for mail in self.mail.mailbox.mails if mail["To"] == to]

    def told(self, address: str, count: int = 1) -> list[str]:
        """Subjects of the mails to an address, once there are so many and the worker rests."""
        self.until(lambda: len(self.mails(address)) >= count)
        self.rest()
        subjects = [str(mail["Subject"]) for mail in self.mails(address)]
        assert len(subjects) == count, subjects
        return subjects

    def text(self, address: str) -> str:
        """Of the newest mail."""
        part = self.mails(address)[-1].get_body(("plain",))  # type: ignore[attr-defined]
        return str(part.get_content())

    def link(self, address: str, part: str) -> str:
        """The link in the newest mail that has this in its path."""
        found = re.search(rf"{self.address}(\S*{part}\S*)", self.text(address))
        assert found, self.text(address)
        return found[1]

    def accepted(self, path: str) -> list[Accepted]:
        """What the HTTP server took there."""
        with self.http.intake.lock:
            return [request for request in self.http.intake.accepted if request.path.startswith(path)]

    def alert(self, rule: str) -> Alert:
        """The one of a rule, once it is there."""
        self.until(lambda: Alert.objects.filter(rule=rule).exists())
        return Alert.objects.get(rule=rule)

    def deliveries(self, **match: Any) -> list[str]:
        """Their states, oldest first."""
        return list(Delivery.objects.filter(**match).order_by("created_at").values_list("state", flat=True))

    def visitor(self, user: User | None = None) -> "Visitor":
        return Visitor(self.address, user)


class Visitor:
    """Somebody at the real pages, who sends forms as a browser does."""

    def __init__(self, address: str, user: User | None) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True, timeout=SECONDS)
        if user:
            session = Client()
            session.force_login(user)
            self.http.cookies.set("sessionid", session.cookies["sessionid"].value)

    def see(self, path: str) -> str:
        return self.http.get(path).raise_for_status().text

    def submit(self, path: str, form: dict[str, Any], page: str | None = None) -> str:
        """Send a form of a page, by default of the one at the same path."""
        self.see(page or path)
        token = {"X-CSRFToken": self.http.cookies["csrftoken"]}
        return self.http.post(path, data=form, headers=token).raise_for_status().text


@contextmanager
def running(unblock: AbstractContextManager[None]) -> Iterator[System]:
    """The system on the tests' database, which is emptied at the end; `unblock` opens that for more than one test."""
    with unblock:
        with ExitStack() as stack:
            yield System.start(stack)
        call_command("flush", interactive=False, verbosity=0)
