"""The work of the clock: one row that cannot be run is set aside and named, and the others go on."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_q.brokers import get_broker
from django_q.models import Schedule

from aqi_project import clock, doctor
from aqi_project.doctor import State, work
from aqi_project.queue import sentinel
from tests.cast import citizen

pytestmark = pytest.mark.django_db
LIST = "/admin/django_q/schedule/"
BROKEN = [
    {"schedule_type": "C", "cron": "61 * * * *"},
    {"schedule_type": "X"},
    {"schedule_type": "I", "minutes": -5},
    {"schedule_type": "I", "minutes": 10**13},
    {"args": "1, 2)"},
    {"args": "0x" + "f" * 4000},  # more digits than Python writes
    {"kwargs": "5"},
    {"kwargs": "x=lahore"},
    {"kwargs": "q_options=5"},
]


@pytest.fixture(autouse=True)
def queue(db: None) -> Any:
    broker = get_broker()
    broker.purge_queue()
    yield broker
    broker.purge_queue()


def row(**given: Any) -> Schedule:
    """One that has been due for a while, hourly where nothing else is said."""
    due = clock.now() - timedelta(minutes=10)
    return Schedule.objects.create(**{"func": "math.sqrt", "schedule_type": "H", "next_run": due, **given})


def broken(**given: Any) -> Schedule:
    """As an earlier version, a shell or another program may have written it: the admin's form refuses it."""
    made = row(name="Odd", next_run=clock.now() - timedelta(minutes=20))
    Schedule.objects.filter(pk=made.pk).update(**given)
    return made


@pytest.mark.parametrize("given", BROKEN, ids=list)
def test_a_row_that_cannot_be_run_does_not_stop_the_others(queue: Any, given: dict[str, Any]) -> None:
    odd, sound = broken(**given), row(args="4")
    sentinel.schedule(queue)
    sound.refresh_from_db()
    odd.refresh_from_db()
    assert queue.queue_size() == 1
    assert sound.next_run > clock.now()
    assert odd.next_run is None


def test_it_is_told_once_in_the_log(queue: Any, caplog: Any) -> None:
    broken(schedule_type="X")
    for _ in range(2):
        sentinel.schedule(queue)
    assert [one.getMessage() for one in caplog.records] == [
        "The scheduled task Odd is set aside. Its next run cannot be worked out."
    ]


def found() -> list[doctor.Finding]:
    return [finding for finding in work.queue_moves() if finding.state != State.WELL]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kwargs": "x=lahore"}, "Its keyword arguments cannot be read."),
        ({"schedule_type": "X"}, "Its next run cannot be worked out."),
    ],
)
def test_the_doctor_names_it_and_says_what_to_do(queue: Any, given: dict[str, Any], why: str) -> None:
    row(next_run=clock.now() + timedelta(hours=1))
    broken(**given)
    sentinel.schedule(queue)
    [finding] = found()
    assert finding.state == State.WRONG
    assert finding.says == f"The scheduled task Odd does not run. {why}"
    assert "Correct it in the admin under Background work, Scheduled tasks" in finding.mend


def test_the_page_of_state_says_so(queue: Any) -> None:
    broken(schedule_type="X")
    sentinel.schedule(queue)
    assert "1 scheduled task cannot run." in citizen().get("/status/").content.decode()
    assert "1 طے شدہ کام چل نہیں سکتا۔" in citizen("ur").get("/status/").content.decode()


def test_the_admin_s_list_says_why(queue: Any, admin_client: Client) -> None:
    broken(args="1, 2)")
    sentinel.schedule(queue)
    assert "Its arguments cannot be read." in admin_client.get(LIST).content.decode()
    urdu = admin_client.get(LIST, headers={"accept-language": "ur"}).content.decode()
    assert "اس کی قدریں پڑھی نہیں جا سکتیں۔" in urdu


def test_what_is_corrected_there_runs_again(queue: Any, admin_client: Client) -> None:
    odd = broken(args="1, 2)")
    sentinel.schedule(queue)
    now = clock.now()
    given = {"name": "Odd", "func": "math.sqrt", "args": "4", "schedule_type": "H", "repeats": "-1"}
    when = {"next_run_0": f"{now:%Y-%m-%d}", "next_run_1": f"{now:%H:%M:%S}"}
    assert admin_client.post(f"{LIST}{odd.pk}/change/", {**given, **when}).status_code == 302
    sentinel.schedule(queue)
    assert queue.queue_size() == 1
    assert found() == []


def test_a_row_without_a_time_is_named_too(queue: Any) -> None:
    row(name="Lost", next_run=None)
    row(next_run=clock.now() + timedelta(hours=1))
    [finding] = found()
    assert finding.says == "The scheduled task Lost does not run. It has no next run."


def test_what_has_been_done_as_often_as_was_wanted_is_neither_late_nor_broken() -> None:
    row(name="Done", repeats=0, next_run=clock.now() - timedelta(days=3))
    row(next_run=clock.now() + timedelta(hours=1))
    assert found() == []
    assert "late by" not in citizen().get("/status/").content.decode()


@pytest.mark.parametrize(("minutes", "is_late"), [(1, False), (3, True)])
def test_the_doctor_and_the_page_call_the_same_late(minutes: int, is_late: bool) -> None:
    row(next_run=clock.now() - timedelta(minutes=minutes))
    assert bool(found()) is is_late
    assert ("late by" in citizen().get("/status/").content.decode()) is is_late
