"""The climatology: Prophet's daily, weekly and yearly shapes, kept as small tables.

Prophet is needed to fit, never to forecast: its components are periodic and a lookup is exact to the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detection.detectors.estimators.prophet_curve import fitted, thinned
from detection.forecasting.grid import Array
from detection.forecasting.panel import Panel

YEARLY_FROM_DAYS = 330  # less history cannot tell a season from a trend
YEARLY_ORDER = 4
REFERENCE_YEAR = pd.date_range("2024-01-01", "2025-01-01", freq="h", inclusive="left")


@dataclass(frozen=True)
class Season:
    """Expected z by local hour of the week and day of the year; hourly tables (168,) and (366,)."""

    timezone: str
    week: Array
    year: Array

    def at(self, index: pd.DatetimeIndex) -> Array:
        local = index.tz_convert(self.timezone)
        return np.asarray(self.week[local.day_of_week * 24 + local.hour] + self.year[local.day_of_year - 1])


@dataclass(frozen=True)
class GivenSeason:
    """A climatology computed elsewhere, on the scale of the models; NaN where it does not reach."""

    values: pd.Series

    def at(self, index: pd.DatetimeIndex) -> Array:
        return self.values.reindex(index).to_numpy(dtype=np.float64)


def fit_season(panel: Panel, until: int, timezone: str) -> Season:
    """Fit Prophet to the steps before `until` that were measured, in local wall time."""
    known = thinned(np.flatnonzero(np.isfinite(panel.seen[:until])))
    local = panel.index[known].tz_convert(timezone).tz_localize(None)
    yearly = (panel.index[known[-1]] - panel.index[known[0]]).days >= YEARLY_FROM_DAYS
    history = pd.DataFrame({"ds": local, "y": panel.seen[known]})
    model = fitted(history, growth="flat", yearly_seasonality=YEARLY_ORDER if yearly else False)
    parts = model.predict(pd.DataFrame({"ds": REFERENCE_YEAR}))
    by_week = (parts["trend"] + parts["daily"] + parts["weekly"]).groupby(_hour_of_week()).mean()
    by_year = parts["yearly"].groupby(REFERENCE_YEAR.day_of_year).mean() if yearly else np.zeros(366)
    return Season(timezone, np.asarray(by_week, dtype=np.float64), np.asarray(by_year, dtype=np.float64))


def _hour_of_week() -> Array:
    return np.asarray(REFERENCE_YEAR.day_of_week * 24 + REFERENCE_YEAR.hour, dtype=np.float64)
