"""What the libraries leave behind does not grow for ever."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django_q.models import Task

from aqi_project import clock, tasks

pytestmark = pytest.mark.django_db


def session(ends_in: timedelta) -> str:
    store = SessionStore()
    store.set_expiry(clock.now() + ends_in)
    store.create()
    return str(store.session_key)


def task(name: str, days_ago: int, *, success: bool) -> None:
    at = clock.now() - timedelta(days=days_ago)
    Task.objects.create(id=name, name=name, func="a.b", started=at, stopped=at, success=success)


def test_sessions_that_have_ended_are_deleted() -> None:
    session(-timedelta(minutes=1))
    lasting = session(timedelta(minutes=1))
    tasks.forget_expired()
    assert [row.session_key for row in Session.objects.all()] == [lasting]


def test_failures_of_the_queue_are_kept_for_a_month() -> None:
    task("old failure", 31, success=False)
    task("new failure", 29, success=False)
    task("old success", 31, success=True)  # the queue counts these itself
    assert tasks.forget_expired() == 1
    assert sorted(Task.objects.values_list("name", flat=True)) == ["new failure", "old success"]
