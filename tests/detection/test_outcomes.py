"""What becomes of a training beside a version: failures in sentences, and readings that waited for it."""

from datetime import datetime

import pytest

from detection.lifecycle.gate.decision import Decision
from detection.lifecycle.training import outcomes
from detection.lifecycle.training.fitting import Trained
from detection.live import scoring
from detection.live.scoring import score_station
from detection.models import Artifact, Series, TrainingRun
from ingestion.models import Reading, Station
from tests.detection.trained import KEY, asked, make_series, make_version, ran
from tests.factories import HOUR, make_reading, make_readings, this_hour

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(lahore: Station) -> Series:
    make_readings("lahore", hours=3)
    return make_series(champion=1, last_number=1)


def test_an_error_is_a_row_with_its_traceback_and_its_words_are_not_public(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise RuntimeError("mongodb://user:secret@db")

    monkeypatch.setattr(outcomes, "train", die)
    run = outcomes.carry_out(asked(series))
    assert run.state == TrainingRun.State.FAILED
    assert "secret@db" in run.traceback
    assert "RuntimeError" in run.outcome
    assert "secret@db" not in run.outcome + Series.objects.get(key=KEY).training_error
    assert Series.objects.get(key=KEY).champion == 1


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["prophet_band", "crystal_ball"], "There is no detector “crystal_ball”. There are: prophet_band, "),
        (["flatline"], "The detectors must include prophet_band"),
        ({"flatline": 1}, "Detectors are a list of names"),
    ],
)
def test_detectors_that_cannot_be_trained_are_told_in_a_sentence(series: Series, chosen: object, said: str) -> None:
    Series.objects.filter(key=KEY).update(detectors=chosen)
    run = outcomes.carry_out(asked(series))
    assert (run.state, run.traceback) == (TrainingRun.State.FAILED, "")
    assert run.outcome.startswith(said)


@pytest.mark.parametrize(("days", "said"), [(0.5, "0.5 days"), (1, "1 day"), (2, "2 days")])
def test_a_challenger_is_told_for_how_long_it_watches(series: Series, now: datetime, days: float, said: str) -> None:
    series.shadow_days = days
    version = make_version(series, 2, now)
    _, sentence = outcomes.settle(series, Trained(version, True, Decision(True, "It is better.")), ran(now))
    assert sentence == f"It is better. It watches beside the champion for {said}. {outcomes.NEWER}"


def test_what_came_while_nothing_could_be_opened_is_scored_after_the_training(series: Series) -> None:
    make_version(series, 1, this_hour())
    score_station("lahore")
    Artifact.objects.all().delete()
    for ahead in (1, 2):
        make_reading("lahore", this_hour() + ahead * HOUR)
        scoring.model.cache_clear()
        assert score_station("lahore") == 1
    assert scored_by() == [1, 1, 1, None, None]
    trained = Trained(make_version(series, 2, this_hour()), True, Decision(True, "Nothing to beat.", unrivalled=True))
    assert outcomes.settle(series, trained, TrainingRun.objects.get()) == (True, "Nothing to beat.")
    assert score_station("lahore") == 2
    assert scored_by() == [1, 1, 1, 2, 2]


def scored_by() -> list[int | None]:
    """The version that has scored each reading."""
    return [one.scores.get("pm2_5", {}).get("version") for one in Reading.objects.order_by("at")]
