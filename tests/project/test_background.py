"""Documents that are written behind an answer: none is lost, and none holds anything up."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError

from aqi_project.mongo import collection
from aqi_project.mongodb import background
from aqi_project.mongodb.background import BackgroundWriter
from detection.audit import trail
from detection.models.prediction import KEPT, Prediction
from tests.database import flush

pytestmark = pytest.mark.django_db


def one(document: dict[str, Any]) -> int:
    return 1


def rows(count: int) -> list[dict[str, Any]]:
    return [{"served_at": datetime.now(UTC), "sensor": f"s{number}"} for number in range(count)]


def test_what_is_queued_is_written_at_the_end() -> None:
    writer = BackgroundWriter(lambda: collection(Prediction), weigh=one)
    writer.put(rows(2_500))
    writer.drain()
    assert len(writer) == 0
    assert collection(Prediction).count_documents({}) == 2_500


def test_a_full_queue_makes_the_caller_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LARGEST_QUEUE", 10)
    writer = BackgroundWriter(lambda: collection(Prediction), weigh=one)
    writer.put(rows(11))
    assert len(writer) == 0
    assert collection(Prediction).count_documents({}) == 11


def test_what_the_database_did_not_take_stays_queued() -> None:
    from pymongo import MongoClient

    gone: MongoClient[dict[str, Any]] = MongoClient("mongodb://127.0.0.1:9", serverSelectionTimeoutMS=50)
    places = [gone.aqi.predictions, collection(Prediction)]
    writer = BackgroundWriter(lambda: places[0], weigh=one)
    writer.put(rows(3))
    assert not writer._write()
    assert len(writer) == 3
    places.pop(0)
    writer.drain()
    assert collection(Prediction).count_documents({}) == 3


class Breaking:
    """The database's collection, whose first answer is lost on the way back."""

    def __init__(self) -> None:
        self.tries = 0

    def insert_many(self, batch: list[dict[str, Any]], ordered: bool) -> None:
        self.tries += 1
        collection(Prediction).insert_many(batch, ordered=ordered)
        if self.tries == 1:
            raise AutoReconnect("connection closed")


def test_what_was_written_before_its_answer_was_lost_is_not_tried_for_ever() -> None:
    breaking = Breaking()
    writer = BackgroundWriter(lambda: breaking, weigh=one)
    writer.put(rows(3))
    writer.drain()
    assert (len(writer), breaking.tries) == (0, 2)
    assert collection(Prediction).count_documents({}) == 3


def test_what_the_database_refuses_holds_nothing_up_and_is_told_in_few_words(caplog: pytest.LogCaptureFixture) -> None:
    database = collection(Prediction).database
    picky = database.create_collection("picky", validator={"sensor": {"$ne": "s1"}})
    try:
        writer = BackgroundWriter(lambda: picky, weigh=one)
        writer.put([{**row, "verdicts": "x" * 100_000} for row in rows(3)])
        writer.drain()
        assert len(writer) == 0
        assert sorted(picky.distinct("sensor")) == ["s0", "s2"]
    finally:
        picky.drop()
    assert caplog.messages == ["A document was refused 5 times and is lost: Document failed validation"]


def test_what_cannot_even_be_sent_is_given_up_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """BSON has no whole number of more than 64 bits; the driver says so, and not as an error of the database."""
    writer = BackgroundWriter(lambda: collection(Prediction), weigh=one)
    writer.put([{**row, "count": 2**70 if row["sensor"] == "s1" else 1} for row in rows(3)])
    writer.drain()
    assert len(writer) == 0
    assert sorted(collection(Prediction).distinct("sensor")) == ["s0", "s2"]
    assert caplog.messages == ["A document was refused 5 times and is lost: MongoDB can only handle up to 8-byte ints"]


class Refusing:
    """A collection that refuses the first document once."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.refused = False

    def insert_many(self, batch: list[dict[str, Any]], ordered: bool) -> None:
        first = not self.refused
        self.taken += batch[first:]
        self.refused = True
        if first:
            raise BulkWriteError({"writeErrors": [{"index": 0, "code": 112, "errmsg": "write conflict"}]})


def test_what_was_refused_and_then_taken_is_forgotten() -> None:
    refusing = Refusing()
    writer = BackgroundWriter(lambda: refusing, weigh=one)
    writer.put([{**row, "_id": row["sensor"]} for row in rows(3)])
    writer.drain()
    assert [row["sensor"] for row in refusing.taken] == ["s1", "s2", "s0"]
    assert not writer._tries


class Slow:
    """A collection that takes its time."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.began, self.taken = seconds, threading.Event(), []

    def insert_many(self, batch: list[dict[str, Any]], ordered: bool) -> None:
        self.began.set()
        time.sleep(self.seconds)
        self.taken += batch


def test_the_end_waits_for_what_is_being_written() -> None:
    slow = Slow(0.3)
    writer = BackgroundWriter(lambda: slow, weigh=one)
    writer.put(rows(3))
    assert slow.began.wait(5)
    writer.drain()
    assert len(slow.taken) == 3


def test_the_end_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(background, "DRAIN_LIMIT", timedelta(seconds=0.1))
    slow = Slow(2)
    writer = BackgroundWriter(lambda: slow, weigh=one)
    writer.put(rows(3))
    assert slow.began.wait(5)
    writer.drain()
    assert caplog.messages == ["3 documents could not be written before the end."]


def test_nothing_that_a_test_leaves_is_written_after_it() -> None:
    trail.put([{**row, "count": 1} for row in rows(3)])
    flush()
    assert len(trail) == 0
    assert collection(Prediction).count_documents({}) == 0


def test_the_trail_expires() -> None:
    index = collection(Prediction).index_information()["prediction_expires"]
    assert index["expireAfterSeconds"] == KEPT.total_seconds()
