"""Recordings come out as if they arrived now: the shipped sample by the worker, any other station by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from pymongo.errors import AutoReconnect

from aqi_project import clock
from aqi_project.queue.broker import Broker
from ingestion import tasks
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.recorded import player, replay
from ingestion.stations.present import present
from ingestion.storing.store import store
from tests.ingestion.hours import HOUR, station

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lahore(settings) -> Station:
    settings.REPLAY_SECONDS_PER_HOUR = 0.5
    found = station(provider="replay")
    replay.start_sample(found, clock.now())
    return found


def times() -> list[datetime]:
    return list(Reading.objects.order_by("at").values_list("at", flat=True))


def test_the_sample_is_moved_by_whole_weeks_and_covers_what_is_needed():
    for now in (datetime(2026, month, 21, 10, tzinfo=UTC) for month in range(1, 13)):
        shift = replay.best_shift(now)
        assert shift % replay.WEEK == timedelta()
        assert replay.sample()[0].at + shift <= now - replay.PLAYED - replay.HISTORY
        assert now + replay.FUTURE <= replay.sample()[-1].at + shift


def test_recorded_readings_say_that_they_are_recorded(lahore):
    replay.play_due(lahore, replay.sample()[-500:])
    assert set(Reading.objects.values_list("provider", flat=True)) <= {"replay"}
    assert lahore.is_recording


def test_hours_come_out_once_each_and_never_ahead_of_the_recording(lahore):
    begin = lahore.replay_from
    lahore.replay_started_at = clock.now() - timedelta(seconds=2.2)
    recorded = [one for one in replay.sample() if one.at + lahore.replay_shift > begin - 5 * HOUR]
    assert replay.play_due(lahore, recorded) in (9, 10)  # five before, one at the beginning, four in 2.2 s
    assert replay.play_due(lahore, recorded) <= 1
    assert times() == [begin + hour * HOUR for hour in range(-4, len(times()) - 4)]
    assert times()[-1] <= present(lahore)


def test_what_plays_is_as_well_as_polled_and_says_nothing_of_another_station(lahore):
    other = station("karachi", provider="replay", last_poll_error="It was closed.")
    Station.objects.filter(slug="lahore").update(last_poll_error="It was away.", last_poll_failure="timeout")
    replay.play_due(lahore, replay.sample()[-500:])
    lahore.refresh_from_db()
    other.refresh_from_db()
    assert (lahore.last_poll_error, lahore.last_poll_failure) == ("", "")
    assert clock.now() - lahore.last_poll_at < MINUTE
    assert (other.last_poll_at, other.last_poll_error) == (None, "It was closed.")


def test_a_recording_that_cannot_be_played_holds_up_no_other(lahore, monkeypatch):
    broken = station("a-broken", provider="replay")
    replay.start_sample(broken, clock.now())
    Station.objects.filter(slug=broken.slug).update(replay_from=None)
    monkeypatch.setattr(tasks, "SHIFT", timedelta(0))
    assert tasks.play_recordings() > 0
    assert set(Reading.objects.values_list("station", flat=True)) == {"lahore"}


def handed_over(broker: Broker) -> bool:
    return broker.collection.count_documents({"group": "replay"}) == 1


def test_the_task_plays_what_is_due_and_leaves_the_next_hour_to_the_schedule(lahore, broker, monkeypatch):
    monkeypatch.setattr(player, "sleep", raising(AssertionError("It waits.")))
    half_past = clock.now().replace(minute=30)  # the task waits for an hour that is about to begin
    monkeypatch.setattr(clock, "now", lambda: half_past)
    lahore.replay_started_at = half_past - timedelta(days=30)  # it has caught up long ago
    lahore.save()
    newest = lahore.replay_from + 300 * HOUR
    store(lahore, [Observation(newest, {"pm2_5": 40.0}, "replay")])
    due = sum(newest < one.at + lahore.replay_shift <= half_past for one in replay.sample())  # it lacks two days
    assert tasks.play_recordings() == due > 0
    assert times()[-1] <= clock.now()
    assert Station.objects.get().poll_claimed_until is None
    assert not handed_over(broker)


def test_the_task_waits_for_each_next_hour_and_hands_over_when_its_time_is_up(lahore, broker, monkeypatch):
    waits: list[timedelta] = []
    monkeypatch.setattr(player, "sleep", lambda wait: (waits.append(wait), replay.sleep(wait)))
    monkeypatch.setattr(tasks, "SHIFT", timedelta(seconds=1.6))
    Station.objects.update(replay_started_at=clock.now() - timedelta(seconds=5))
    store(lahore, [Observation(lahore.replay_from + 9 * HOUR, {"pm2_5": 40.0}, "replay")])
    other = station("karachi", poll_claimed_until=clock.now() + HOUR)
    assert tasks.play_recordings() > 1  # one at once, then one each half second
    assert 1 < len(waits) < 10
    assert all(timedelta() < wait <= timedelta(seconds=0.51) for wait in waits)
    assert handed_over(broker)
    lahore.refresh_from_db()
    other.refresh_from_db()
    assert (lahore.poll_claimed_until, other.poll_claimed_until is None) == (None, False)


@pytest.mark.parametrize(
    "fields", [{"is_active": False}, {"provider": "push"}, {"provider_ref": "machine"}, {"replay_started_at": None}]
)
def test_the_task_plays_nothing_but_active_recordings_of_the_sample_that_were_started(lahore, caplog, fields):
    Station.objects.update(**fields)
    assert tasks.play_recordings() == 0
    assert (Station.objects.get().last_poll_at, caplog.text) == (None, "")


def test_a_recording_that_another_process_plays_is_left_alone(lahore, monkeypatch):
    lahore.claim(clock.now(), player.CLAIM)
    monkeypatch.setattr(player, "CLAIM", timedelta(seconds=0.1))
    assert tasks.play_recordings() == 0


def test_a_recording_whose_player_was_killed_goes_on_when_its_claim_ends(lahore, monkeypatch):
    monkeypatch.setattr(player, "CLAIM", timedelta(seconds=0.1))
    monkeypatch.setattr(tasks, "SHIFT", timedelta(0))
    lahore.claim(clock.now(), player.CLAIM)
    assert tasks.play_recordings() > 0


@pytest.mark.parametrize("error", [AutoReconnect("gone"), DatabaseError("gone")])
def test_when_the_database_goes_away_it_plays_on_as_soon_as_it_is_back(lahore, broker, monkeypatch, error):
    error.__cause__ = AutoReconnect("gone") if isinstance(error, DatabaseError) else None
    monkeypatch.setattr(player, "_claimed", raising(error))
    assert tasks.play_recordings() == 0
    assert broker.queue_size() == 1


def test_a_fault_of_the_database_that_stays_ends_the_playing(lahore, broker, monkeypatch):
    monkeypatch.setattr(player, "_claimed", raising(DatabaseError("out of order")))
    with pytest.raises(DatabaseError, match="out of order"):
        tasks.play_recordings()
    assert broker.queue_size() == 0


def raising(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def machine(minutes: int) -> Station:
    found = station("TEMP-01", provider="file", city="", expected_interval=MINUTE)
    start = datetime(2026, 1, 5, tzinfo=UTC)
    store(found, [Observation(start + n * MINUTE, {"temperature": 70.0 + n % 7}, "file") for n in range(minutes)])
    return found


def test_any_station_is_streamed_into_one_of_its_own():
    machine(600)
    call_command("replay", "TEMP-01", speed=36000, play=timedelta(minutes=30))
    played = Reading.objects.filter(station="TEMP-01-replay").order_by("at")
    original = Reading.objects.filter(station="TEMP-01").order_by("at")
    assert [one.values for one in played] == [one.values for one in original]
    assert (played[0].at - original[0].at) % timedelta(weeks=1) == timedelta()
    assert played.last().at <= clock.now()
    assert Station.objects.get(slug="TEMP-01-replay").is_recording


def test_a_stopped_replay_goes_on_where_it_was(monkeypatch):
    machine(100)
    steps = iter(range(3))

    def stop_soon(wait: timedelta) -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt  # as Ctrl-C does

    monkeypatch.setattr("ingestion.management.commands.replay.sleep", stop_soon)
    out = StringIO()
    call_command("replay", "TEMP-01", speed=60, play=timedelta(minutes=30), stdout=out)
    assert "Stopped at" in out.getvalue()
    assert 70 <= Reading.objects.filter(station="TEMP-01-replay").count() < 100
    monkeypatch.undo()
    call_command("replay", "TEMP-01", speed=360_000, play=timedelta(minutes=30))
    assert Reading.objects.filter(station="TEMP-01-replay").count() == 100
    assert set(Reading.objects.values_list("revision", flat=True)) == {1}


def test_a_replay_of_nothing_says_what_there_is():
    with pytest.raises(CommandError, match="There is no station 'mars'"):
        call_command("replay", "mars")
    station("empty")
    with pytest.raises(CommandError, match="empty has no readings to play"):
        call_command("replay", "empty")
    assert Station.objects.get().slug == "empty"


@pytest.mark.parametrize("speed", ["nan", "inf", "0", "-1", "1e-9", "1e12"])
def test_a_speed_that_is_none_is_refused_before_anything_is_made(speed):
    machine(10)
    with pytest.raises(CommandError, match="--speed must be from"):
        call_command("replay", "TEMP-01", speed=float(speed))
    assert Station.objects.get().slug == "TEMP-01"
