"""Through the real worker, which dies."""

import subprocess
from collections.abc import Callable, Iterator

import pytest
from django_q.tasks import async_task

from alerts.models import Alert, Contact, Delivery, Rule
from aqi_project import clock
from benchmarks.alerts_chaos import chaos
from detection.models import Anomaly
from detection.signals import anomalies_changed
from tests.alerts.worker import kill, shared_queue, worker
from tests.servers.smtp import Fate, SmtpServer, smtp_server
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
SECONDS = 30
Happen = Callable[..., Anomaly]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with shared_queue(), smtp_server() as running:
        yield running


def tell() -> None:
    anomalies_changed.send(sender=Anomaly, station="lahore")


def everything_sent() -> bool:
    """Asked in this order: a delivery made between the two questions is not yet sent."""
    return Delivery.objects.exists() and not Delivery.objects.exclude(state=Delivery.State.SENT).exists()


def test_an_event_while_no_worker_runs_is_told_when_one_starts(
    server: SmtpServer, rule: Rule, officer: Contact, happen: Happen
) -> None:
    happen()
    tell()
    with worker(server.port):
        wait_until(everything_sent, SECONDS)
    assert len(server.mailbox.mails) == 1


def test_a_worker_killed_in_the_middle_of_a_mail_loses_and_doubles_nothing(
    server: SmtpServer, rule: Rule, officer: Contact, happen: Happen
) -> None:
    """The server accepts the mail and the worker dies before it can write that down."""
    running: list[subprocess.Popen[bytes]] = []

    def accept_and_kill() -> Fate:
        kill(running.pop())
        return Fate.DROP_AFTER

    server.mailbox.fate = accept_and_kill
    happen()
    tell()
    with worker(server.port) as first:
        running.append(first)
        wait_until(lambda: len(server.mailbox.mails) == 1, SECONDS)
    assert Delivery.objects.get().state == Delivery.State.SENDING
    server.mailbox.fate = lambda: Fate.ACCEPT
    wait_until(lambda: Delivery.objects.get().next_attempt_at <= clock.now(), SECONDS)
    async_task("alerts.tasks.deliver")  # as the schedule does each minute
    with worker(server.port):
        wait_until(everything_sent, SECONDS)
    assert len(set(server.mailbox.ids())) == 1
    assert Alert.objects.count() == 1


def test_in_chaos_every_delivery_arrives_exactly_once(db: None) -> None:
    """A smaller version of the benchmark `alerts.exactly_once`."""
    verdict = chaos(alerts=8, contacts=4, limit=60, life=4)
    assert (verdict.lost, verdict.doubled) == (0, 0), verdict
    assert verdict.kills > 0
