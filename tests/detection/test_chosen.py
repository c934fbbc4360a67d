"""Trainings that fail before anything is fitted: what they say, and to whom."""

import pytest

from detection.lifecycle import outcomes
from detection.models import Series, TrainingRun
from tests.detection.trained import KEY, make_series
from tests.factories import make_readings, make_station, make_variables

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> Series:
    make_variables()
    make_station()
    make_readings("lahore", hours=3)
    return make_series(champion=1, last_number=1)


def asked(series: Series) -> TrainingRun:
    return TrainingRun.objects.create(series=series.key, reason="manual", who="ayesha")


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
