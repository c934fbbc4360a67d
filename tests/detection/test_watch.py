"""The look at all stations, and the commands: who is watched, and that one that fails holds up no other."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from detection import tasks
from detection.lifecycle.training import triggers
from detection.lifecycle.watch import drift_watch, records
from ingestion.models import Station
from tests.factories import make_station

pytestmark = pytest.mark.django_db


def test_a_station_that_cannot_be_looked_at_holds_up_no_other(lahore: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    make_station(slug="a-first", city="elsewhere")
    looked: list[str] = []

    def odd(slug: str) -> list[Any]:
        looked.append(slug)
        if slug == "a-first":
            raise ValueError("what nobody thought of")
        return []

    for module, name in ((records, "update"), (drift_watch, "check_station"), (triggers, "look")):
        monkeypatch.setattr(module, name, odd)
    assert tasks.watch_models() == 0
    assert sorted(looked) == ["a-first"] * 3 + ["lahore"] * 3
    monkeypatch.setattr(tasks, "score_station", lambda slug: len(odd(slug)))
    tasks.score_all()
    assert sorted(looked[6:]) == ["a-first", "lahore"]


def test_a_station_without_readings_wants_nothing() -> None:
    make_station()
    assert triggers.look("lahore") == []
    assert records.update("lahore") == 0
    assert drift_watch.check_station("lahore") == []


@pytest.mark.parametrize("command", ["train", "drift"])
def test_a_command_for_a_station_that_is_not_watched_says_what_there_is(command: str, lahore: Station) -> None:
    with pytest.raises(CommandError, match=r"There is no station 'nowhere'\. There are: lahore\."):
        call_command(command, "nowhere")
    Station.objects.update(is_active=False)
    with pytest.raises(CommandError, match="lahore is no active station"):
        call_command(command, "lahore")


def test_training_nothing_is_said() -> None:
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was trained"):
        call_command("train", stderr=said)
    assert "No station is active" in said.getvalue()
    call_command("train", "--missing")
