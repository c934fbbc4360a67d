"""The guard of the worker's processes: what becomes of one that dies, hangs or ends, and of the work of the clock."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing import Value
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from django_q import cluster, scheduler
from django_q.brokers import get_broker
from django_q.models import Schedule
from django_q.tasks import async_task
from pymongo.errors import AutoReconnect

from aqi_project import clock
from aqi_project.queue import sentinel as guards
from aqi_project.queue.lease import name_of
from aqi_project.queue.sentinel import OF_CHILDREN, Flag, Sentinel

pytestmark = pytest.mark.django_db(transaction=True)
WORKING, OVER, RECYCLED = -1.0, 0.0, -2.0  # what a worker's timer says


class Watched(Sentinel):
    """Notes what it would do beyond the process that it looks at."""

    def __init__(self) -> None:
        super().__init__(Flag(), Flag(), "test", get_broker(), start=False)
        self.spawned, self.ended = 0, 0

    def spawn_worker(self) -> None:
        self.spawned += 1

    def _end_all(self) -> None:
        self.ended += 1

    def worker(self, work: Callable[..., Any], *arguments: Any, timer: float) -> BaseProcess:
        """A process of the pool that holds the one call in the queue."""
        process = self.spawn_process(work, *arguments)
        process.timer = Value("f", timer)
        self.pool.append(process)
        [(hold, _)] = self.broker.dequeue()
        self.broker.renew(hold, name_of(process.pid))
        return process

    def call(self) -> dict[str, Any]:
        return dict(self.broker.collection.find_one({}))


@pytest.fixture
def sentinel(transactional_db: None) -> Iterator[Watched]:
    before = {number: signal.getsignal(number) for number in OF_CHILDREN}
    made = Watched()
    for number, handler in before.items():
        signal.signal(number, handler)
    made.broker.purge_queue()
    async_task("detection.tasks.score_station", "lahore")
    yield made
    made.broker.purge_queue()


def test_a_process_that_hangs_is_killed_and_its_call_is_due_with_one_death(sentinel: Watched, monkeypatch) -> None:
    """Without the count, what hangs would take a process for ten minutes again and again."""
    monkeypatch.setattr(guards, "LAST_WORDS", timedelta(seconds=0.1))
    process = sentinel.worker(time.sleep, 60, timer=OVER)
    sentinel.reincarnate(process)
    assert process.exitcode == -signal.SIGKILL
    assert sentinel.call()["deaths"] == 1
    assert sentinel.broker.queue_size() == 1
    assert (sentinel.spawned, sentinel.ended) == (1, 0)


def test_a_process_that_writes_down_that_its_time_was_over_may_end(sentinel: Watched) -> None:
    process = sentinel.worker(time.sleep, 0.2, timer=OVER)
    sentinel.reincarnate(process)
    assert process.exitcode == 0
    assert "deaths" not in sentinel.call()


def test_a_process_that_was_killed_ends_them_all_and_its_call_is_due(sentinel: Watched) -> None:
    process = sentinel.worker(time.sleep, 60, timer=WORKING)
    process.kill()
    process.join()
    sentinel.reincarnate(process)
    assert (sentinel.call()["deaths"], sentinel.ended) == (1, 1)
    assert sentinel.broker.queue_size() == 1


@pytest.mark.parametrize("timer", [WORKING, RECYCLED])
def test_a_process_that_ended_by_itself_is_replaced_alone(sentinel: Watched, timer: float) -> None:
    process = sentinel.worker(os._exit, 3, timer=timer)
    process.join()
    sentinel.reincarnate(process)
    assert (sentinel.spawned, sentinel.ended) == (1, 0)
    assert "deaths" not in sentinel.call()


def test_its_processes_end_by_the_signal_and_it_keeps_its_own_handlers(sentinel: Watched) -> None:
    mine = {number: signal.getsignal(number) for number in OF_CHILDREN}
    process = sentinel.spawn_process(time.sleep, 60)
    assert {number: signal.getsignal(number) for number in OF_CHILDREN} == mine
    os.kill(process.pid, signal.SIGINT)  # Ctrl-C is for the sentinel
    process.join(0.2)
    assert process.is_alive()
    process.terminate()
    process.join(5)
    assert process.exitcode == -signal.SIGTERM


def test_the_clock_s_work_waits_for_the_database(monkeypatch, caplog) -> None:
    def gone() -> None:
        raise AutoReconnect("no server")

    asked: list[Any] = []
    monkeypatch.setattr(scheduler, "scheduler", asked.append)
    with monkeypatch.context() as away:
        away.setattr(guards, "bring_back", gone)
        guards.schedule("broker")
    assert asked == []
    assert "The schedules wait for the database" in caplog.text
    guards.schedule("broker")
    assert asked == ["broker"]


def test_the_cluster_asks_ours_for_the_clock_s_work(monkeypatch) -> None:
    monkeypatch.setattr(cluster, "scheduler", None)
    guards.install()
    assert cluster.scheduler is guards.schedule


@pytest.mark.parametrize(("ahead", "is_put_off"), [(4.5, False), (5.5, False), (6.5, True)])
def test_what_is_due_later_than_its_period_was_put_off(ahead: float, is_put_off: bool) -> None:
    """Clocks may be a minute apart."""
    Schedule.objects.all().delete()
    due = clock.now() + timedelta(minutes=ahead)
    row = Schedule.objects.create(func="f", schedule_type=Schedule.MINUTES, minutes=5, next_run=due)
    guards.bring_back()
    row.refresh_from_db()
    assert (row.next_run < due - timedelta(minutes=1)) is is_put_off
