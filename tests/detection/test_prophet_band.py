"""The seasonal curve and its band."""

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detection.detectors import create
from detection.detectors.estimators.prophet_curve import fit_curve, thinned
from detection.forecasting.panel import build
from detection.forecasting.scale import Scale
from detection.forecasting.season import fit_season
from detection.timeseries.wall_time import wall_time
from tests.detection.frames import air


def test_the_curve_is_what_prophet_itself_predicts():
    from prophet import Prophet

    frame = air(120)
    local = wall_time(frame.index, "Asia/Karachi")
    values = np.log(frame.pm2_5.to_numpy() + 10)
    curve = fit_curve(local, values, "Asia/Karachi", seed=0)
    logging.getLogger("prophet").setLevel(logging.CRITICAL)
    model = Prophet(daily_seasonality=True, weekly_seasonality=True, yearly_seasonality=False, n_changepoints=12)
    model.add_country_holidays("PK")
    model.fit(pd.DataFrame({"ds": local, "y": values}), seed=0)
    expected = model.predict(pd.DataFrame({"ds": local[::3]}))["yhat"].to_numpy()
    np.testing.assert_allclose(curve.at(local[::3]), expected, atol=1e-6)


@pytest.mark.parametrize("days", [30, 400, 1200])
def test_a_long_history_is_thinned_and_every_hour_of_the_day_keeps_its_turn(days):
    rows = thinned(np.arange(days * 24))
    assert len(rows) == days * 24 if days == 30 else len(rows) <= 3000
    assert set(rows % 24) == set(range(24))


def test_a_thinned_history_gives_the_curve_of_the_whole_as_readily_bent():
    """A trend that turns in the middle, which the prior on bends holds back the more, the fewer rows there are."""
    frame = air(365)
    turning = np.abs(np.linspace(-2, 2, len(frame)))
    local, values = wall_time(frame.index, "Asia/Karachi"), np.log(frame.pm2_5.to_numpy() + 10) + turning
    rows = thinned(np.arange(len(local)))
    whole = fit_curve(local, values, "Asia/Karachi", seed=0).at(local)
    thin = fit_curve(local[rows], values[rows], "Asia/Karachi", 0, each=len(local) / len(rows)).at(local)
    assert np.abs(thin - whole).mean() < 0.1 * np.abs(values - whole).mean()


def test_the_curve_holds_its_trend_after_the_history():
    frame = air(40)
    local = wall_time(frame.index, "Asia/Karachi")
    curve = fit_curve(local, np.arange(len(local)) / 100.0, "Asia/Karachi", seed=0)
    assert curve.at(local[-1:] + pd.Timedelta(weeks=20))[0] == pytest.approx(curve.at(local[-1:])[0])


def test_the_curve_has_a_yearly_season_only_from_two_years_on():
    seasons = {}
    for days in (400, 800):
        frame = air(days).iloc[::6]
        curve = fit_curve(wall_time(frame.index, "Asia/Karachi"), np.log(frame.pm2_5.to_numpy()), "UTC", 0)
        seasons[days] = [period for period, _ in curve.seasons]
    assert 365.25 not in seasons[400]
    assert 365.25 in seasons[800]


def test_the_band_orders_its_quantiles_and_never_falls_below_zero():
    frame = air(90)
    band = create("prophet_band", "pm2_5").fit(frame).band(frame.index[-1:] + pd.to_timedelta(range(100), "h")[:1])
    columns = ["q025", "q10", "q25", "expected", "q75", "q90", "q975"]
    assert list(band) == columns
    assert (np.diff(band.to_numpy(), axis=1) >= 0).all()
    assert (band["q025"] >= 0).all()


def test_the_band_refuses_times_without_a_zone():
    detector = create("prophet_band", "pm2_5").fit(air(30))
    with pytest.raises(ValueError, match="zone"):
        detector.band(pd.date_range("2024-01-01", periods=3, freq="h"))


def season_of_forecasts() -> None:
    frame = air(60, columns=("pm2_5",))
    scales = {"pm2_5": Scale.of(frame.pm2_5.to_numpy())}
    fit_season(build(frame, "pm2_5", scales, 1, "Asia/Karachi"), len(frame), "Asia/Karachi")


def band() -> None:
    create("prophet_band", "pm2_5").fit(air(30))


@pytest.mark.parametrize("fit", [band, season_of_forecasts])
def test_fitting_leaves_no_files_behind(fit):
    import cmdstanpy

    before = set(Path(cmdstanpy._TMPDIR).glob("*"))
    fit()
    assert set(Path(cmdstanpy._TMPDIR).glob("*")) == before


@pytest.mark.parametrize("fit", [band, season_of_forecasts])
def test_fitting_says_nothing_in_a_fresh_process(fit):
    code = f"from tests.detection.test_prophet_band import {fit.__name__}; {fit.__name__}()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
