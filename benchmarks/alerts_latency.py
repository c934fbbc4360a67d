"""From the insert of a hazardous reading to the mail that the local server accepted, through the real worker."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import quantiles

from alerts.models import Contact, Rule, Subscription
from aqi_project import clock
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.alerts.worker import shared_queue, worker
from tests.servers.smtp import Mailbox, smtp_server
from tests.waiting import wait_until

USUAL, HAZARDOUS = 40.0, 700.0  # µg/m³ of PM2.5
HISTORY = 6  # hours of usual air before
WAIT = 60.0  # seconds at most for one mail
WARM_UP = 3  # the worker imports what it needs with its first mails
PERCENTILES = 20  # quantiles() with n = 20: the last is p95
HOUR = timedelta(hours=1)


def latencies(rounds: int) -> list[float]:
    """Seconds, one for each of so many stations, in a prepared, empty database."""
    mailbox = Mailbox()
    with shared_queue(), smtp_server(mailbox) as server:
        prepare(rounds + WARM_UP)
        with worker(server.port):
            return [measure(f"s{number}", mailbox) for number in range(rounds + WARM_UP)][WARM_UP:]


def prepare(stations: int) -> None:
    ensure_pollutants()
    limit = {"condition": Rule.Condition.LIMIT, "limits": [300], "recover_for": HOUR}
    Rule.objects.create(slug="hazard", name="Hazardous air", **limit)
    officer = Contact.objects.create(name="Officer", email="o@example.org", email_verified_at=clock.now())
    Subscription.objects.create(contact=officer)
    for number in range(stations):
        station = Station.objects.create(slug=f"s{number}", name=f"Station {number}")
        store(station, [reading(back, USUAL) for back in range(HISTORY, 0, -1)])


def reading(hours_ago: int, value: float) -> Observation:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    return Observation(at=hour - hours_ago * HOUR, values={"pm2_5": value, "pm10": value * 1.4}, provider="push")


def measure(slug: str, mailbox: Mailbox) -> float:
    station = Station.objects.get(slug=slug)
    before = len(mailbox.mails)
    started = time.perf_counter()
    store(station, [reading(0, HAZARDOUS)])
    wait_until(lambda: len(mailbox.mails) > before, WAIT)
    return time.perf_counter() - started


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=PERCENTILES)[-1]
