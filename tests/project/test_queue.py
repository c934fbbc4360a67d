"""The queue: one call of a kind waits, one at a time runs, and none is lost with its worker."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from django_q.signing import SignedPackage
from django_q.tasks import async_task
from pymongo.errors import AutoReconnect, DuplicateKeyError

from aqi_project.queue import broker as queue
from aqi_project.queue.broker import Broker

pytestmark = pytest.mark.django_db
SCORE = "detection.tasks.score_station"


def take(broker: Broker) -> tuple[Any, dict[str, Any]]:
    taken = broker.dequeue()
    assert taken is not None
    [(hold, package)] = taken
    return hold, SignedPackage.loads(package)


def take_and_die(broker: Broker, process: str) -> None:
    hold, _ = take(broker)
    broker.renew(hold, process)
    broker.bury(process)


def is_empty(broker: Broker) -> bool:
    return broker.dequeue() is None


def test_a_call_that_waits_is_not_queued_again(broker: Broker) -> None:
    for station in ("lahore", "multan", "lahore", "lahore"):
        async_task(SCORE, station)
    assert [take(broker)[1]["args"] for _ in range(2)] == [("lahore",), ("multan",)]
    assert is_empty(broker)


def test_many_processes_that_ask_at_once_queue_it_once(broker: Broker) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: async_task(SCORE, "lahore"), range(64)))
    assert broker.queue_size() == 1


def test_a_call_that_waits_from_before_the_clock_was_set_back_is_due_when_it_is_asked_for(broker: Broker) -> None:
    """The database's clock was an hour ahead when it was asked for first."""
    async_task(SCORE, "lahore")
    broker.collection.update_one({}, [{"$set": {"due_at": queue._from_now(timedelta(hours=1))}}])
    assert is_empty(broker)
    async_task(SCORE, "lahore")
    assert take(broker)[1]["args"] == ("lahore",)
    async_task(SCORE, "lahore")
    assert is_empty(broker)  # it runs


def test_what_is_asked_for_while_it_runs_runs_once_more_and_not_beside_itself(broker: Broker) -> None:
    async_task(SCORE, "lahore")
    hold, _ = take(broker)
    async_task(SCORE, "lahore")
    async_task(SCORE, "lahore")
    assert is_empty(broker)
    broker.acknowledge(hold)
    again, _ = take(broker)
    broker.acknowledge(again)
    assert broker.collection.count_documents({}) == 0


def test_other_arguments_are_another_call(broker: Broker) -> None:
    async_task("alerts.tasks.evaluate_rules")
    async_task("alerts.tasks.evaluate_rules", "lahore")
    async_task("alerts.tasks.evaluate_rules", station="lahore")
    assert broker.queue_size() == 3


def test_what_a_dead_worker_held_comes_back(broker: Broker, short_lease: None) -> None:
    async_task(SCORE, "lahore")
    take(broker)
    assert is_empty(broker)  # which waits for longer than the lease
    assert take(broker)[1]["args"] == ("lahore",)


def test_who_lost_its_hold_cannot_end_what_another_does(broker: Broker, short_lease: None) -> None:
    async_task(SCORE, "lahore")
    lost, _ = take(broker)
    assert is_empty(broker)
    held, _ = take(broker)
    broker.acknowledge(lost)
    assert broker.collection.count_documents({}) == 1
    broker.acknowledge(held)
    assert broker.collection.count_documents({}) == 0


def test_a_hold_that_is_renewed_stays(broker: Broker, short_lease: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async_task(SCORE, "lahore")
    hold, _ = take(broker)
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=30))
    broker.renew(hold, "here:1")
    assert is_empty(broker)
    assert is_empty(broker)


def test_a_call_whose_process_was_killed_is_due_at_once(broker: Broker) -> None:
    async_task(SCORE, "lahore")
    take_and_die(broker, "here:1")
    assert take(broker)[1]["args"] == ("lahore",)


def test_the_calls_of_other_processes_are_left_to_them(broker: Broker) -> None:
    for station in ("lahore", "multan"):
        async_task(SCORE, station)
    for number in range(2):
        broker.renew(take(broker)[0], f"here:{number}")
    broker.bury("here:0")
    assert (broker.queue_size(), broker.lock_size()) == (1, 1)


def test_a_call_that_kills_whoever_takes_it_rests(broker: Broker) -> None:
    async_task("poison")
    for attempt in range(queue.MOST_DEATHS):
        take_and_die(broker, f"here:{attempt}")
    async_task("poison")  # by the schedule
    assert is_empty(broker)


def test_a_call_that_ends_well_is_forgiven_its_dead(broker: Broker) -> None:
    async_task(SCORE, "lahore")
    for attempt in range(queue.MOST_DEATHS + 1):
        take_and_die(broker, f"here:{attempt}")
        hold, _ = take(broker)
        async_task(SCORE, "lahore")
        broker.acknowledge(hold)
    assert take(broker)


def test_what_cannot_be_read_is_dropped(broker: Broker) -> None:
    async_task(SCORE, "lahore")
    hold, _ = take(broker)
    broker.fail(hold)
    broker.fail((hold[0], ObjectId()))
    assert broker.collection.count_documents({}) == 0


def test_those_that_wait_longest_come_first_and_by_an_index(broker: Broker) -> None:
    for number in range(3):
        async_task(SCORE, f"s{number}")
    hold, _ = take(broker)
    async_task(SCORE, "s0")
    broker.acknowledge(hold)
    assert [take(broker)[1]["args"][0] for _ in range(3)] == ["s1", "s2", "s0"]
    plan = broker.collection.find(queue.DUE).sort("due_at", 1).explain()["queryPlanner"]["winningPlan"]
    assert "IXSCAN" in str(plan)


def test_trainings_leave_a_process_for_what_must_not_wait(broker: Broker) -> None:
    """This machine has two; whoever is to be told of an alert does not wait until two models are fitted."""
    for run in ("1", "2"):
        async_task("detection.tasks.train", run, group="train")
    async_task("alerts.tasks.deliver")
    training, _ = take(broker)
    assert take(broker)[1]["func"] == "alerts.tasks.deliver"
    assert is_empty(broker)
    broker.acknowledge(training)
    assert take(broker)[1]["args"] == ("2",)


def test_a_training_whose_process_died_makes_room_for_the_next(broker: Broker, short_lease: None) -> None:
    for run in ("1", "2"):
        async_task("detection.tasks.train", run, group="train")
    take(broker)
    assert is_empty(broker)  # which waits for longer than the lease
    assert take(broker)[1]["args"] == ("2",)


def test_a_training_that_rests_makes_room_for_the_next(broker: Broker) -> None:
    async_task("detection.tasks.train", "poison", group="train")
    for attempt in range(queue.MOST_DEATHS):
        take_and_die(broker, f"here:{attempt}")
    async_task("detection.tasks.train", "2", group="train")
    assert take(broker)[1]["args"] == ("2",)


def test_trainings_of_other_machines_take_no_room_here(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    for run in ("1", "2"):
        async_task("detection.tasks.train", run, group="train")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(queue, "HOST", "elsewhere")
        take(broker)
    assert take(broker)[1]["args"] == ("2",)


def test_a_single_process_trains_too(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue.Conf, "WORKERS", 1)
    async_task("detection.tasks.train", "1", group="train")
    assert take(broker)[1]["args"] == ("1",)


class Busy:
    """The queue's collection, in which each upsert meets another process's."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def update_one(self, call: Any, change: Any, upsert: bool = False) -> None:
        if upsert:
            raise DuplicateKeyError("E11000")
        self._real.update_one(call, change)

    def find_one_and_update(self, *given: Any, **named: Any) -> None:
        raise AutoReconnect("no server")

    def count_documents(self, query: Any) -> int:
        return 0


def test_who_asks_for_a_call_while_another_process_does_asks_all_the_same(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async_task(SCORE, "lahore")
    hold, _ = take(broker)
    with monkeypatch.context() as busy:
        busy.setattr(Broker, "collection", Busy(broker.collection))
        async_task(SCORE, "lahore")
    broker.acknowledge(hold)
    assert take(broker)[1]["args"] == ("lahore",)


def test_while_the_database_is_away_there_is_nothing_to_do(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PAUSE", timedelta(0))
    with monkeypatch.context() as away:
        away.setattr(Broker, "collection", Busy(None))
        assert broker.dequeue() is None


def test_a_process_that_dies_after_its_call_has_not_died_of_it(broker: Broker) -> None:
    async_task(SCORE, "lahore")
    hold, _ = take(broker)
    broker.renew(hold, "here:1")
    async_task(SCORE, "lahore")  # so that the call stays
    broker.acknowledge(hold)
    broker.bury("here:1")
    assert broker.collection.find_one({})["deaths"] == 0


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LEASE", timedelta(milliseconds=100))
