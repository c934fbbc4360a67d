"""Drift of stored readings: checked once a day, told as new once, shown by the command."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from aqi_project.mongo import collection
from detection import frames
from detection.lifecycle.watch import drift_watch
from detection.models import DriftReport, Series
from ingestion.models import Reading
from tests.detection.frames import air
from tests.detection.trained import KEY, drifted, make_series
from tests.factories import make_lahore, make_reading, reading_document

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_a_level_that_jumps_is_reported_once_a_day_and_is_new_once(now: datetime) -> None:
    make_lahore()
    frame = air(125, columns=("pm2_5", "pm10"))
    frame.loc[frame.index[-1] - 6 * DAY :, "pm2_5"] *= 6
    shift = now - frame.index[-1]
    collection(Reading).insert_many(
        [reading_document("lahore", at + shift, values=row.to_dict()) for at, row in frame.iterrows()]
    )
    make_series()
    [found] = drift_watch.check_station("lahore")
    assert (found.verdict, found.is_new) == ("drift", True)
    assert found.sentence_ur
    assert len(found.plot["days"]) == len(found.plot["q50"]) >= 119
    assert drift_watch.check_station("lahore") == []
    DriftReport.objects.update(day=found.day - DAY, at=found.at - DAY)
    [again] = drift_watch.check_station("lahore")
    assert (again.verdict, again.is_new) == ("drift", False)


def test_what_cannot_be_checked_yet_is_tried_once_a_reading(
    series: Series, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, read = frames.with_neighbours, []

    def noted(*span: Any) -> Any:
        read.append(span)
        return usual(*span)

    monkeypatch.setattr(frames, "with_neighbours", noted)
    for _ in range(3):
        assert drift_watch.check_station("lahore") == []
    assert len(read) == 1
    make_reading("lahore", now + HOUR)
    drift_watch.check_station("lahore")
    assert len(read) == 2


def test_a_change_that_is_seen_at_once_and_dated_later_is_told_once(series: Series, now: datetime) -> None:
    drifted(now - 8 * DAY, reason="level_against_companions", since=None)
    assert not drift_watch._is_new(KEY, "step", now - 9 * DAY, now)
    assert not drift_watch._is_new(KEY, "level_against_companions", None, now)
    assert drift_watch._is_new(KEY, "step", now - DAY * 0.5, now)


def test_a_check_judges_what_none_has_judged(series: Series, now: datetime) -> None:
    assert drift_watch._since_last(KEY, now) == 7 * DAY
    drifted(now - 3 * DAY)
    assert drift_watch._since_last(KEY, now) == 3 * DAY


def test_the_command_shows_the_newest_verdicts(series: Series, now: datetime) -> None:
    drifted(now - DAY, verdict="stable", sentence="As before.")
    drifted(now)
    out = StringIO()
    call_command("drift", "lahore", "--json", stdout=out)
    [row] = json.loads(out.getvalue())
    assert (row["verdict"], row["sentence"]) == ("drift", "It jumped.")
