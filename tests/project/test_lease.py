"""A worker's hold on its call lasts as long as its work."""

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django_q.brokers import get_broker
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.tasks import async_task
from pymongo.errors import AutoReconnect

from aqi_project.queue import broker as queue
from aqi_project.queue import lease
from tests.waiting import wait_until

LIMIT = 10.0  # seconds


@pytest.mark.django_db(transaction=True)
def test_a_call_is_held_from_the_beginning_of_its_work_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=0.5))
    monkeypatch.setattr(lease, "RENEW", timedelta(seconds=0.05))
    broker = get_broker()
    broker.purge_queue()
    async_task("detection.tasks.score_station", "lahore")
    [(hold, _)] = broker.dequeue()
    task = {"id": "1", "ack_id": hold, "func": "score_station"}
    pre_execute.send(sender="django_q", func=None, task=task)
    wait_until(lambda: broker.collection.find_one({})["process"] == lease.name_of(os.getpid()), LIMIT)
    time.sleep(0.7)
    assert broker.queue_size() == 0
    post_execute_in_worker.send(sender="django_q", func=None, task=task)
    wait_until(lambda: broker.queue_size() == 1, LIMIT)
    broker.purge_queue()


class Away:
    """A broker whose database does not answer."""

    def __init__(self) -> None:
        self.asked = 0

    def renew(self, *hold: Any) -> None:
        self.asked += 1
        raise AutoReconnect("no server")


def test_it_goes_on_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEW", timedelta(seconds=0.01))
    broker = Away()
    held = lease.Lease(broker, ("call", None))  # type: ignore[arg-type]
    wait_until(lambda: broker.asked > 2, LIMIT)
    held.end()


def test_it_is_renewed_several_times_before_it_would_end() -> None:
    assert lease.RENEW * 3 < queue.LEASE
