"""After a change of the source: whose expected values are nearer to what is read now."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.forecasting import Forecaster
from detection.lifecycle.gate.assessment import assess
from detection.lifecycle.gate.expected import distances, expected_by
from detection.lifecycle.gate.held_out import Target
from detection.models import Series
from detection.versions import artifacts
from tests.database import begin_with
from tests.detection.frames import HOUR, air
from tests.detection.trained import KEY, ZONE, make_series, make_version
from tests.factories import make_lahore

pytestmark = pytest.mark.django_db
JUMP = 0.5
BEFORE, AFTER = 90, 14  # days


def readings() -> pd.DataFrame:
    """The last days of them after a jump of the level."""
    frame = air(BEFORE + AFTER, columns=("pm2_5",))
    frame.iloc[BEFORE * 24 :] *= JUMP
    return frame


@pytest.fixture
def series() -> Series:
    """The champion knows the days before the jump; its band is flat at 100."""
    begin_with(_serve)
    return Series.objects.get(key=KEY)


def _serve() -> None:
    make_lahore()
    known = readings().iloc[: BEFORE * 24]
    artifacts.save(KEY, 1, {artifacts.FORECASTER: Forecaster("pm2_5", ZONE).fit(known)})
    make_version(make_series(champion=1), 1, known.index[-1].to_pydatetime())


def test_one_that_foretells_no_better_serves_after_a_jump_that_it_alone_expects(series: Series) -> None:
    """A forecast follows the newest readings soon; what is expected of an hour had stayed twice too high."""
    now = readings().iloc[BEFORE * 24 :]
    given = series, Target("pm2_5", HOUR, ZONE), now, None
    _, usual = assess(*given, outlived=False)
    _, decision = assess(*given, outlived=True)
    assert (usual.passed, decision.passed) == (False, True)
    assert "does not surely beat the champion" in decision.sentence
    assert "Its expected values err × 0." in decision.sentence


def test_the_stored_band_says_what_was_expected_and_nothing_outside_it(series: Series) -> None:
    last = readings().index[BEFORE * 24 - 1]
    times = last + np.array([timedelta(days=1), timedelta(days=300)])
    assert expected_by(KEY, 1, times).tolist() == pytest.approx([100.0, float("nan")], nan_ok=True)


def test_a_value_a_thousand_times_too_high_counts_as_far_away() -> None:
    values = readings()["pm2_5"].iloc[:48]
    found = distances(values, {"near": values.to_numpy(), "far": 1000 * values.to_numpy()})
    assert found["near"].max() == 0
    assert found["far"].min() > 6
