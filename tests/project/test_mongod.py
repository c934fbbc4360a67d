"""The embedded MongoDB."""

import time
from pathlib import Path

from pymongo import MongoClient

from aqi_project import mongod


def test_its_port_may_change(tmp_path: Path) -> None:
    for number in range(2):
        with mongod.running(mongod.free_port(), tmp_path / "data") as uri, MongoClient(uri) as client:
            rows = client["x"]["rows"]
            assert rows.count_documents({}) == number
            with rows.watch() as changes:
                rows.insert_one({"_id": number})
                assert changes.next()["fullDocument"]["_id"] == number


def test_each_start_leaves_no_log_behind_but_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("mongod.log", "mongod.log.2026-01-01T00-00-00", "mongod.log.2026-01-02T00-00-00"):
        (tmp_path / "data" / name).write_text("{}")
    with mongod.running(mongod.free_port(), tmp_path / "data"):
        logs = sorted(path.name for path in (tmp_path / "data").glob("mongod.log*"))
    assert logs[0] == "mongod.log"
    assert len(logs) == 2
    assert "2026-01-0" not in str(logs)


def test_what_a_dead_process_left_open_is_given_up_within_seconds(tmp_path: Path) -> None:
    with mongod.running(mongod.free_port(), tmp_path / "data") as uri, MongoClient(uri) as client:
        rows = client["x"]["rows"]
        rows.insert_one({"_id": 1})
        dead = client.start_session()
        dead.start_transaction()
        rows.update_one({"_id": 1}, {"$set": {"by": "the dead"}}, session=dead)
        started = time.monotonic()
        rows.update_one({"_id": 1}, {"$set": {"by": "the living"}})
        assert time.monotonic() - started < 3 * mongod.LONGEST_TRANSACTION.seconds
        assert rows.find_one({"_id": 1})["by"] == "the living"
