"""Prophet, fitted once and kept as plain arrays: its curve costs microseconds and no import of Prophet."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from itertools import count
from math import ceil, gcd
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detection.timeseries.grid import Floats

NOISY_LOGGERS = ("prophet", "prophet.plot", "cmdstanpy")
CHANGEPOINTS = 12
BENDING = 0.05  # Prophet's own scale of how much the trend may bend, where every reading is given
TWO_YEARS = pd.Timedelta(days=730)
HOLIDAY_REACH = pd.Timedelta(days=800)  # how far ahead holidays are laid down
COUNTRIES = {"Asia/Karachi": "PK", "Asia/Kolkata": "IN", "Asia/Shanghai": "CN", "Asia/Dhaka": "BD"}
EPOCH = pd.Timestamp(0)
HOURS_A_DAY: Final = 24
MOST_ROWS: Final = 3_000  # neighbours in time say nearly the same: a year's curve is as good from every fifth hour


@dataclass(frozen=True)
class Curve:
    """Prophet's additive curve: piecewise linear trend, Fourier seasons, holidays, in wall time."""

    start: pd.Timestamp
    span: float  # seconds that make one unit of trend time
    y_scale: float
    slope: float
    level: float
    bends: Floats
    bend_slopes: Floats
    seasons: list[tuple[float, Floats]]  # (period in days, coefficients sin, cos, sin, …)
    holidays: dict[int, float]  # day since 1970 → effect

    def at(self, local: pd.DatetimeIndex) -> Floats:
        """The expected value at naive wall times. Shape (n,)."""
        return self._trend(local) + self._seasonal(local) + self._holiday(local)

    def _trend(self, local: pd.DatetimeIndex) -> Floats:
        # after the history's end the level is held: a slope learnt from weather leads nowhere
        t = np.minimum(np.asarray((local - self.start).total_seconds()) / self.span, 1.0)
        bent = t[:, None] >= self.bends[None, :]
        slope = self.slope + bent @ self.bend_slopes
        level = self.level - bent @ (self.bend_slopes * self.bends)
        return np.asarray((slope * t + level) * self.y_scale)

    def _seasonal(self, local: pd.DatetimeIndex) -> Floats:
        days = np.asarray((local - EPOCH).total_seconds()) / 86_400
        total = np.zeros(len(days))
        for period, coefficients in self.seasons:
            angles = 2 * np.pi * days[:, None] * np.arange(1, len(coefficients) // 2 + 1) / period
            total += np.sin(angles) @ coefficients[0::2] + np.cos(angles) @ coefficients[1::2]
        return total * self.y_scale

    def _holiday(self, local: pd.DatetimeIndex) -> Floats:
        days = np.asarray((local - EPOCH).days)
        effects = np.zeros(len(days))
        for day in np.intersect1d(days, list(self.holidays)):
            effects[days == day] = self.holidays[int(day)]
        return effects


def thinned(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most MOST_ROWS of them, evenly spaced; the spacing is coprime to 24, so that every hour has its turn."""
    wanted = ceil(len(rows) / MOST_ROWS)
    return rows[:: next(step for step in count(max(1, wanted)) if gcd(step, HOURS_A_DAY) == 1)]


def fit_curve(local: pd.DatetimeIndex, values: Floats, zone: str, seed: int, each: float = 1.0) -> Curve:
    """Fit Prophet to values at naive wall times (NaN are left out) and keep its curve.

    `each` value stands for so many readings: the penalty on bends weighs against all of them.
    """
    known = np.isfinite(values)
    if np.ptp(values[known]) == 0:  # Prophet leaves its parameters in another shape
        return _flat(local, float(values[known][0]))
    history = pd.DataFrame({"ds": local[known], "y": values[known]})
    yearly = bool(local[known][-1] - local[known][0] >= TWO_YEARS)
    model = fitted(
        history,
        seed=seed,
        country=COUNTRIES.get(zone),
        yearly_seasonality=yearly,
        n_changepoints=CHANGEPOINTS,
        changepoint_prior_scale=BENDING * each,
    )
    return _curve(model)


def fitted(history: pd.DataFrame, *, seed: int | None = None, country: str | None = None, **settings: Any) -> Any:
    """A Prophet with days and weeks, fitted to the columns ds and y; silent, and without a file left behind.

    `country`: whose holidays it knows, as ISO code. `settings` are Prophet's own.
    """
    _silence()
    from prophet import Prophet

    model = Prophet(daily_seasonality=True, weekly_seasonality=True, uncertainty_samples=0, **settings)
    if country:
        model.add_country_holidays(country)
    model.fit(history, seed=seed)
    _clean_up(model)
    return model


def _silence() -> None:
    """Both print from their import on; cmdstanpy sets its own level later, so a level is no use."""
    for name in NOISY_LOGGERS:
        logging.getLogger(name).disabled = True


def _flat(local: pd.DatetimeIndex, level: float) -> Curve:
    nothing = np.empty(0)
    return Curve(local[0], 1.0, 1.0, 0.0, level, nothing, nothing, [], {})


def _curve(model: Any) -> Curve:
    """Read the fitted numbers out of Prophet."""
    columns = model.train_component_cols  # 1 where a coefficient (row) belongs to a component (column)
    beta = np.asarray(model.params["beta"])[0]
    seasons = [
        (float(season["period"]), beta[columns[name].to_numpy() == 1]) for name, season in model.seasonalities.items()
    ]
    return Curve(
        start=model.start,
        span=model.t_scale.total_seconds(),
        y_scale=float(model.y_scale),
        slope=float(model.params["k"][0][0]),
        level=float(model.params["m"][0][0]),
        bends=np.asarray(model.changepoints_t, dtype=np.float64),
        bend_slopes=np.asarray(model.params["delta"])[0],
        seasons=seasons,
        holidays=_holiday_effects(model),
    )


def _holiday_effects(model: Any) -> dict[int, float]:
    """Prophet's holiday effect of every day from the history's start to HOLIDAY_REACH after its end."""
    if model.train_holiday_names is None:
        return {}
    first, last = model.history_dates.min(), model.history_dates.max() + HOLIDAY_REACH
    days = pd.date_range(first.normalize(), last.normalize(), freq="D")
    found = model.predict(pd.DataFrame({"ds": days}))["holidays"].to_numpy()
    return {int((day - EPOCH).days): float(e) for day, e in zip(days, found, strict=True) if e}


def _clean_up(model: Any) -> None:
    """Remove the files cmdstan leaves in its temporary folder; a worker fits thousands of times."""
    files = getattr(getattr(model.stan_backend, "stan_fit", None), "runset", None)
    for name in getattr(files, "csv_files", []) or []:
        shutil.rmtree(Path(name).parent, ignore_errors=True)
