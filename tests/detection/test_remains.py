"""What is left where a process dies: champion and records at one, and no artifacts without a version."""

import signal
import time
from datetime import timedelta

import pytest

from detection.models import Artifact, ModelVersion, Promotion, Series
from detection.tasks import clear_orphans
from detection.versions import artifacts
from detection.versions.registry import promote, record
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import this_hour
from tests.processes import python
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
LIMIT = 60.0  # seconds, on a busy machine


@pytest.fixture
def series(db: None) -> Series:
    """With a champion."""
    made = make_series(last_number=1)
    make_version(made, 1, this_hour() - timedelta(days=10))
    promote(made, 1, who="system", why="The first version.")
    return made


SWITCHING = """  # promotes and rolls back without a pause
import django; django.setup()
from itertools import cycle
from detection.models import Series
from detection.versions.registry import promote, rollback
print("ready", flush=True)
while True:
    promote(Series.objects.get(key="lahore/pm2_5"), 2, who="a", why="back and forth")
    rollback(Series.objects.get(key="lahore/pm2_5"), who="a", why="back and forth")
"""


def champion(series: Series) -> int | None:
    return Series.objects.get(pk=series.pk).champion


@pytest.mark.parametrize("milliseconds", [40, 90, 170])
def test_kill_9_amid_promotions_and_rollbacks_leaves_champion_and_records_at_one(
    series: Series, milliseconds: int
) -> None:
    make_version(series, 2, this_hour())
    with python("-c", SWITCHING) as process:
        wait_until(lambda: Promotion.objects.count() > 3, LIMIT)
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
    record(KEY)  # as the next change, and a task each minute, do it
    rows = list(Promotion.objects.order_by("change"))
    assert rows[-1].to_number == champion(series)
    assert [row.to_number for row in rows[:-1]] == [row.from_number for row in rows[1:]]
    other = 3 - (champion(series) or 0)
    promote(Series.objects.get(key=KEY), other, who="ayesha", why="It goes on.")
    assert champion(series) == other


def test_what_a_training_that_died_has_left_is_cleared_away_later(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    Artifact.objects.filter(number=1).update(number=7)
    assert artifacts.orphans() == []
    assert clear_orphans() == 0
    monkeypatch.setattr(artifacts, "SETTLED", timedelta(0))
    time.sleep(1.1)  # ids count whole seconds
    assert artifacts.orphans() == [(KEY, 7)]
    assert clear_orphans() == 1
    assert artifacts.orphans() == []


def test_a_large_file_that_no_artifact_names_is_cleared_away(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "LARGEST_DOCUMENT", 10)
    monkeypatch.setattr(artifacts, "SETTLED", timedelta(0))
    make_version(series, 4, this_hour())
    make_version(series, 5, this_hour())
    Artifact.objects.filter(number=4).delete()
    ModelVersion.objects.filter(number=4).delete()
    time.sleep(1.1)
    assert clear_orphans() == 1
    assert artifacts.load_detectors(KEY, 5)["out_of_range"].fitted
