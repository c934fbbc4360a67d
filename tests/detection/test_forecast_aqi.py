"""From a forecast of a concentration to the index and the probability of its categories."""

import pandas as pd
import pytest

from detection.forecasting import COLUMNS
from detection.live.forecasts.aqi_categories import categories
from ingestion.aqi import aqi, standard
from ingestion.aqi.bounds import category_bounds

AT = pd.date_range("2026-01-01", periods=2, freq="h", tz="UTC")


def table(*rows: list[float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), index=AT[: len(rows)], columns=list(COLUMNS))


@pytest.mark.parametrize("pollutant", ["pm2_5", "pm10", "o3", "no2", "so2", "co"])
def test_a_category_begins_at_its_bound_and_not_a_step_before(pollutant: str) -> None:
    edition = standard("us_epa").latest
    for bound, category in zip(category_bounds("us_epa", pollutant), edition.categories[1:], strict=True):
        at, below = (aqi("us_epa", {pollutant: bound + off}, edition.in_force_from).index for off in (0.0, -1e-3))
        assert at >= category.index_from > below


def test_what_the_standard_does_not_know_has_no_bounds() -> None:
    assert category_bounds("us_epa", "temperature") == ()
    assert categories("temperature", table([20.0] * 7)) is None


def test_an_hour_that_may_be_unhealthy_says_how_likely() -> None:
    found = categories("pm2_5", table([20, 30, 40, 55.5, 70, 90, 120], [300, 310, 320, 330, 340, 350, 360]))
    assert found is not None
    assert found["codes"][0] == "good"
    assert [sum(row) for row in found["probabilities"]] == pytest.approx([1, 1], abs=0.01)
    first = dict(zip(found["codes"], found["probabilities"][0], strict=True))
    assert first["unhealthy"] == pytest.approx(0.5, abs=0.05)
    assert found["probabilities"][1][-1] == 1.0
    assert found["aqi"][0] == 151


def test_hours_that_are_not_known_have_no_index() -> None:
    found = categories("pm2_5", table([float("nan")] * 7))
    assert found is not None
    assert found["aqi"] == [None]
