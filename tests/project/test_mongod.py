"""The embedded MongoDB."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pymongo import MongoClient

from aqi_project.errors import ConfigurationError
from aqi_project.mongodb import mongod


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


def test_two_runs_with_one_folder_are_told_of_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongod, "STOP_LIMIT", timedelta(seconds=0.3))
    folder = tmp_path / "var" / "mongodb"
    with mongod.running(mongod.free_port(), folder) as uri:
        number = (folder / "mongod.lock").read_text().strip()
        told = rf"VAR_DIR={tmp_path}/var is used by another run, whose database is process {number}:"
        with pytest.raises(ConfigurationError, match=told), mongod.running(mongod.free_port(), folder):
            pass
        with MongoClient(uri) as client:
            assert client.admin.command("ping")


def test_the_number_that_a_crash_left_behind_may_be_anothers_by_now(tmp_path: Path) -> None:
    (tmp_path / "mongod.lock").write_text(f"{os.getpid()}\n")
    began = time.monotonic()
    mongod._wait_for_predecessor(tmp_path)
    assert time.monotonic() - began < 1


def test_why_it_ended_is_said_by_its_own_words(tmp_path: Path) -> None:
    line = {"s": "E", "msg": "DBException in initAndListen, terminating", "attr": {"error": "No space left on device"}}
    (tmp_path / "mongod.log").write_text(json.dumps(line, separators=(",", ":")) + "\n")
    assert mongod._last_words(tmp_path) == "No space left on device"


def test_a_full_disk_is_named_where_the_log_has_no_room_to_say_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(mongod.shutil, "disk_usage", lambda folder: SimpleNamespace(free=4096))
    assert mongod._last_words(tmp_path) == f"the disk of {tmp_path} is full"


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
