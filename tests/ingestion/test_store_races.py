"""Writers at one station at once, and writers that die: each reading once, and everybody told."""

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError
from pymongo import WriteConcern
from pymongo.errors import BulkWriteError

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.storing import writing
from ingestion.storing.aside import switch
from ingestion.storing.store import SourceChangedError, store
from tests.factories import make_reading
from tests.ingestion.hours import changed, recorded, station, stored, times, troubled
from tests.processes import go, python

pytestmark = pytest.mark.django_db


@pytest.fixture
def lahore() -> Station:
    return station()


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Let another process do `work` after a batch was judged and before it is written, once."""
    left = [work]

    def late(*arguments):
        if left:
            left.pop()()  # which may come here itself
        return writing.write(*arguments)

    monkeypatch.setattr("ingestion.storing.store.write", late)


def test_a_correction_beside_one_that_lost_its_race_is_told_of(lahore, told, monkeypatch):
    first, second = times(recorded(2))
    store(lahore, recorded(2))
    faster = {"$set": {"values.no": 1.5}, "$inc": {"revision": 1}}
    at = {"at": clock.naive(second)}
    meanwhile(monkeypatch, lambda: collection(Reading).update_one(at, faster))
    done = store(lahore, [changed(hour, no=2.5) for hour in recorded(2)])
    assert (done.revised, told[1:]) == ([first, second], [(first, second)])
    assert [found.revision for found in Reading.objects.order_by("at")] == [2, 3]
    assert [entry["values"]["no"] for entry in Reading.objects.get(at=second).history][-1] == 1.5


def test_two_batches_that_are_judged_without_each_other_are_judged_once_more(lahore, monkeypatch):
    hours = recorded(40)
    store(station("whole"), hours)
    meanwhile(monkeypatch, lambda: store(lahore, hours[:20]))
    store(lahore, hours[20:])
    assert stored() == stored("whole")


def test_who_comes_second_with_another_value_corrects_the_first_who_has_died_since(lahore, monkeypatch):
    [hour] = recorded(1)
    meanwhile(monkeypatch, lambda: make_reading("lahore", hour.at, values=hour.values))  # and is not counted
    done = store(lahore, [changed(hour, no=2.5)])
    assert (done.inserted, done.revised) == ([], [hour.at])
    assert (Reading.objects.get().revision, Reading.objects.get().values["no"]) == (2, 2.5)


def test_who_loses_every_race_says_so(lahore, monkeypatch):
    monkeypatch.setattr("ingestion.storing.store.ROUNDS", 1)
    meanwhile(monkeypatch, lambda: store(lahore, recorded(2)))
    with pytest.raises(IntegrityError, match="lahore: 3 readings lost every race"):
        store(lahore, recorded(3))


def test_what_is_written_while_its_station_gets_another_source_is_put_aside(lahore, monkeypatch):
    before = Station.objects.get()
    meanwhile(monkeypatch, lambda: switch(lahore, "open_meteo"))
    with pytest.raises(SourceChangedError):
        store(before, recorded(3))
    aside = Station.objects.exclude(slug="lahore").get()
    assert [Reading.objects.filter(station=slug).count() for slug in ("lahore", aside.slug)] == [0, 3]


def test_readings_that_most_of_the_database_has_not_taken_are_not_called_stored(lahore, monkeypatch):
    """A primary that loses its place takes back what the others do not have."""

    def for_two(model):
        return collection(model).with_options(write_concern=WriteConcern(w=2, wtimeout=100))

    monkeypatch.setattr(writing, "collection", for_two)
    with pytest.raises(BulkWriteError):
        store(lahore, recorded(2))


def writer(slug: str, *arguments: object) -> AbstractContextManager[subprocess.Popen[str]]:
    """Stores recorded hours as soon as it is told to."""
    return python("-m", "tests.ingestion.writer", slug, *arguments)


@pytest.mark.processes
def test_two_processes_at_once_and_a_kill_give_the_documents_of_one_clean_run(lahore):
    store(station("clean"), troubled(170))
    with writer("lahore", 170, 12) as first, writer("lahore", 170, 19, "reversed") as second:
        go(first)
        go(second)
        for _ in range(6):
            first.stdout.readline()
        first.kill()  # -9, in the middle
        second.communicate()
    with writer("lahore", 170, 60) as again:
        go(again)
        again.communicate()
    assert stored() == stored("clean")


@pytest.mark.processes
def test_two_processes_that_race_for_the_same_hours_store_each_once(lahore):
    store(station("clean"), troubled(170))
    with writer("lahore", 170, 12) as first, writer("lahore", 170, 12) as second:
        go(first)
        go(second)
        first.communicate()
        second.communicate()
    assert stored() == stored("clean")
    assert set(Reading.objects.filter(station="lahore").values_list("revision", flat=True)) == {1}
