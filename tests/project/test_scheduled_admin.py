"""Scheduled tasks in the admin: nothing that is typed there stops the scheduler."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django_q import scheduler
from django_q.models import Failure, Schedule, Success

from aqi_project import clock
from aqi_project.queue import sentinel

pytestmark = pytest.mark.django_db
ADD = "/admin/django_q/schedule/add/"
GIVEN = {"func": "math.sqrt", "schedule_type": "H", "repeats": "-1", "next_run_1": "00:00:00"}


def refused(client: Client, **given: str) -> dict[str, Any]:
    """What the form says against these."""
    tomorrow = {"next_run_0": f"{clock.now() + timedelta(days=1):%Y-%m-%d}"}
    answer = client.post(ADD, {**GIVEN, **tomorrow, **given})
    return dict(answer.context["adminform"].form.errors) if answer.status_code == 200 else {}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"args": "4"},
        {"args": "'lahore', 3"},
        {"kwargs": "x=1, name='John'"},
        {"kwargs": "{'x': [1]}"},
        {"schedule_type": "I", "minutes": "5"},
    ],
)
def test_what_the_scheduler_can_read_is_taken(admin_client: Client, given: dict[str, str]) -> None:
    assert refused(admin_client, **given) == {}
    Schedule.objects.update(next_run=clock.now())
    scheduler.scheduler()
    assert Schedule.objects.get().next_run > clock.now()


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("args", {"args": "lahore"}),
        ("args", {"args": "1, 2)"}),
        ("kwargs", {"kwargs": "5"}),
        ("kwargs", {"kwargs": "lahore"}),
        ("kwargs", {"kwargs": "x=lahore"}),
        ("kwargs", {"kwargs": "{1: 2}"}),
        ("kwargs", {"kwargs": "x=1, **{}"}),
        ("kwargs", {"kwargs": "q_options=5"}),
        ("minutes", {"schedule_type": "I"}),
        ("next_run", {"next_run_0": "1926-01-01"}),
        ("next_run", {"next_run_0": "9999-01-01"}),
        ("schedule_type", {"schedule_type": "C"}),
    ],
)
def test_what_would_stop_the_scheduler_is_refused(admin_client: Client, field: str, given: dict[str, str]) -> None:
    assert list(refused(admin_client, **given)) == [field]
    assert not Schedule.objects.exists()


def test_cron_is_not_offered_and_the_form_says_what_is_missing(admin_client: Client) -> None:
    page = admin_client.get(ADD).content.decode()
    assert "Cron is missing, because it needs the package croniter" in page
    assert '<option value="C"' not in page
    with translation.override("ur"):
        assert "croniter چاہیے" in admin_client.get(ADD, headers={"accept-language": "ur"}).content.decode()


def test_a_row_of_minutes_without_a_number_does_not_stop_the_clocks_work() -> None:
    Schedule.objects.create(func="f", schedule_type=Schedule.MINUTES, next_run=clock.now() + timedelta(hours=2))
    sentinel.bring_back()
    assert Schedule.objects.get().next_run <= clock.now()


def test_schedules_bear_urdu_names_in_urdu(admin_client: Client) -> None:
    call_command("seed_alerts")
    listed = admin_client.get("/admin/django_q/schedule/", headers={"accept-language": "ur"}).content.decode()
    assert "جو بھیجنا ہے بھیجنا" in listed
    assert "Send what is due" not in listed
    assert "طے شدہ کام" in listed
    assert "پسِ پردہ کام" in listed


def test_what_was_done_and_what_failed_can_be_looked_at(admin_client: Client) -> None:
    now = clock.now()
    what = {"func": "math.sqrt", "args": (4,), "started": now, "stopped": now}
    for model, fields in ((Success, {"success": True}), (Failure, {"success": False, "result": "It broke."})):
        row = model.objects.create(id=model.__name__.ljust(32, "0"), name="x", **what, **fields)
        base = f"/admin/django_q/{model._meta.model_name}/"
        for path in (base, f"{base}{row.pk}/change/", f"{base}{row.pk}/history/", f"{base}{row.pk}/delete/"):
            assert admin_client.get(path).status_code == 200


def test_what_was_done_and_what_failed_bear_their_schedules_urdu_name(admin_client: Client) -> None:
    now = clock.now()
    what = {"func": "math.sqrt", "group": "Send what is due", "started": now, "stopped": now}
    for model, success in ((Success, True), (Failure, False)):
        model.objects.create(id=model.__name__.ljust(32, "0"), name="x", success=success, **what)
        path = f"/admin/django_q/{model._meta.model_name}/"
        listed = admin_client.get(path, headers={"accept-language": "ur"}).content.decode()
        assert listed.count("جو بھیجنا ہے بھیجنا") == 2  # in the list and in its filter
        counted = admin_client.get(path, {"_facets": "True"}, headers={"accept-language": "ur"}).content.decode()
        assert "جو بھیجنا ہے بھیجنا (1)" in counted
        chosen = admin_client.get(path, {"group": "Send what is due"}).content.decode()
        assert f"{path}{model.__name__.ljust(32, '0')}/change/" in chosen
