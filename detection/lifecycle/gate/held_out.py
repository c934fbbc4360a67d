"""How good a model of a series is on its newest weeks, of which it has seen nothing. No Django.

A copy of the challenger is fitted on what is older than these weeks. It, the champion as it stands and the naive rules
foretell the same hours from the same origins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detection.detectors import create
from detection.forecasting import Forecaster, persistence, seasonal_naive
from detection.forecasting import panel as panels
from detection.forecasting.ensemble import future, origins
from detection.forecasting.grid import Array, Rows, step_hours, to_grid
from detection.forecasting.scale import Scale
from detection.timeseries.grid import EPOCH, NotEnoughDataError

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors.prophet_band import ProphetBand

HELD_OUT = timedelta(days=28)
HELD_OUT_SHARE = 1 / 3  # of a short history
LOOK_BACK = timedelta(days=75)  # of history before the first origin
SEASON_AHEAD = timedelta(days=4)
AHEAD = timedelta(hours=24)  # an origin's error is the mean over these
EVERY_HOURS = 5  # between origins: coprime to 24, so every hour has its turn


@dataclass(frozen=True)
class Target:
    """What is foretold: a variable, how often its station sends it, and where the station's clock is."""

    variable: str
    interval: timedelta
    zone: str  # of the IANA database
    changed_at: datetime | None = None  # since when its source has measured as it does now


@dataclass(frozen=True)
class HeldOut:
    """Mean absolute errors on the log scale, a row an origin and a column a rival, and the band's record."""

    start: pd.Timestamp
    errors: pd.DataFrame
    coverage: float | None
    band_error: float | None
    expected: pd.Series[float] | None = None  # of the readings that judged it

    def metrics(self) -> dict[str, float | str | int | None]:
        """Plain numbers for the version's row."""
        means = {f"error_{name}": _rounded(found.to_numpy()) for name, found in self.errors.items()}
        shape = {"coverage": self.coverage, "band_error": self.band_error}
        return {"held_out_from": self.start.isoformat(), "origins": len(self.errors), **means, **shape}

    def plot(self) -> dict[str, list[Any]]:
        """For the picture of the training: the origins' times and each rival's errors at them."""
        columns = {str(name): [_rounded(np.array([value])) for value in found] for name, found in self.errors.items()}
        return {"at": [f"{at:%Y-%m-%d %H:%M}" for at in self.errors.index], **columns}


def start_of(frame: pd.DataFrame, champion_until: pd.Timestamp | None) -> pd.Timestamp:
    """The first held-out time. What the champion has not seen counts, where that is a good part of it."""
    end, span = frame.index[-1], frame.index[-1] - frame.index[0]
    usual = end - min(HELD_OUT, span * HELD_OUT_SHARE)
    if champion_until is not None and end - champion_until >= (end - usual) / 4:
        return max(usual, champion_until)
    return usual


def compare(
    frame: pd.DataFrame, target: Target, champion: Forecaster | None, champion_until: datetime | None
) -> HeldOut:
    """Raises NotEnoughDataError where too little is left to fit or to judge."""
    start = start_of(frame.loc[target.changed_at :], champion_until)
    older = frame.loc[: start - timedelta(microseconds=1)]
    usual = older.loc[target.changed_at :]
    if usual.empty:
        raise NotEnoughDataError(f"Nothing of {target.variable} is older than the weeks that judge it.")
    band: ProphetBand = create("prophet_band", target.variable, interval=target.interval, zone=target.zone).fit(usual)  # type: ignore[assignment]
    challenger = fitted_forecaster(older, frame.index[-1], target, band)
    errors = errors_of(frame, start, target, {"challenger": challenger, "champion": champion})
    came = frame[target.variable].loc[start:].dropna()
    coverage, band_error = _record(band, came)
    return HeldOut(start, errors, coverage, band_error, band.band(came.index)["expected"])


def fitted_forecaster(frame: pd.DataFrame, until: datetime, target: Target, band: ProphetBand) -> Forecaster:
    """A forecaster with the season that the band has learnt already; of the time before it says nothing."""
    import pandas as pd

    hours = pd.date_range(frame.loc[target.changed_at :].index[0].floor("h"), until + SEASON_AHEAD, freq="h")
    season = band.band(hours)["expected"]
    return Forecaster(target.variable, target.zone, target.interval).fit(frame, season, target.changed_at)


def errors_of(
    frame: pd.DataFrame, start: datetime, target: Target, models: Mapping[str, Forecaster | None]
) -> pd.DataFrame:
    """Mean absolute errors on the log scale, of each model and each naive rule, at common origins from `start` on."""
    import pandas as pd

    variable, hours = target.variable, step_hours(target.interval)
    grid = to_grid(frame.loc[start - LOOK_BACK :], hours, target.interval)
    scale = Scale.of(grid[variable].to_numpy())
    panel = panels.build(grid, variable, {variable: scale}, hours, target.zone)
    steps = AHEAD // timedelta(hours=hours)
    rows = _origins_from(panel, start, steps, every=max(1, EVERY_HOURS // hours))
    truth = future(panel.seen, rows, steps)
    values = grid[variable].to_numpy()
    foretold = {
        "persistence": persistence(values, steps)[rows],
        "seasonal_naive": seasonal_naive(values, steps, panel.day)[rows],
    }
    for name, model in models.items():
        if model is not None:
            own = panels.build(grid, variable, model.scales, hours, target.zone)
            foretold[name] = model.scales[variable].back(replace(model.ensemble, horizon=steps).predict(own, rows))
    means = {name: _mean(np.abs(scale.forward(found) - truth)) for name, found in foretold.items()}
    return pd.DataFrame(means, index=panel.index[rows])


def _origins_from(panel: panels.Panel, start: datetime, steps: int, every: int) -> Rows:
    """Every so many-th row from `start` on after which so many steps are known or could be."""
    rows = origins(panel)
    rows = rows[(panel.index[rows] >= start) & (rows + steps < len(panel.index))]
    return rows[rows % every == 0]


def validated(frame: pd.DataFrame, model: Forecaster, target: Target) -> HeldOut:
    """The errors that a forecaster made while its members were weighed, on weeks that these had not seen.

    The weights come from the same weeks, a dozen numbers from thousands of hours. Beside them the naive rules'.
    """
    import pandas as pd

    errors = model.errors.value[:, : AHEAD // timedelta(hours=model.hours)]
    start = EPOCH + timedelta(hours=float(model.errors.at[0]))
    naive = errors_of(frame, start, target, {})
    times = [EPOCH + timedelta(hours=float(at)) for at in model.errors.at]
    ours = pd.DataFrame({"challenger": _mean(np.abs(errors))}, index=pd.DatetimeIndex(times))
    return HeldOut(start, ours.join(naive, how="outer"), None, None)


def _mean(errors: Array) -> Array:
    """The mean of each row's known errors; NaN where fewer than half are known."""
    known = np.isfinite(errors)
    sums, counts = np.where(known, errors, 0.0).sum(axis=1), known.sum(axis=1)
    return np.asarray(np.where(2 * counts >= errors.shape[1], sums / np.maximum(counts, 1), np.nan))


def _record(band: ProphetBand, came: pd.Series) -> tuple[float | None, float | None]:
    """Share of the readings inside the 95 % range, and their mean absolute distance from the expected value."""
    if came.empty:
        return None, None
    foretold = band.band(came.index)
    inside = (came >= foretold["q025"]) & (came <= foretold["q975"])
    return round(float(inside.mean()), 3), round(float((came - foretold["expected"]).abs().mean()), 4)


def _rounded(errors: Array) -> float | None:
    return round(float(np.nanmean(errors)), 4) if np.isfinite(errors).any() else None
