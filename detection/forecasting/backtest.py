"""What forecasts would have been worth: refitted and issued as in service, against the baselines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from detection.forecasting.baselines import persistence, seasonal_naive
from detection.forecasting.forecaster import COLUMNS, Forecaster
from detection.forecasting.grid import infer_interval, step_hours, to_grid
from detection.timeseries.grid import NotEnoughDataError

REFIT_EVERY = timedelta(days=30)
HISTORY = timedelta(days=4 * 365)  # longest history a fit is given
BASELINES_NEED = timedelta(days=2)


@dataclass(frozen=True)
class Backtest:
    """One row for each (origin, step ahead): q025 … q975, truth, persistence, seasonal_naive, hours_ahead."""

    forecasts: pd.DataFrame

    def errors(self, edges_hours: tuple[int, ...] = (0, 1, 24, 72)) -> pd.DataFrame:
        """Mean absolute error by band of hours ahead: ours, both baselines and the ratios."""
        rows = {}
        for low, high in pairwise(edges_hours):
            rows[f"{low + 1}-{high} h"] = self._error(low, high)
        return pd.DataFrame(rows).T

    def first_hours(self, hours: int) -> pd.Series:
        """The same over the first `hours` hours."""
        return pd.Series(self._error(0, hours))

    def coverage(self, hours: int) -> tuple[float, float]:
        """Share of values inside the 95 % band over the first `hours`, and that of the worst week of origins."""
        found = self.forecasts[self.forecasts.hours_ahead <= hours].dropna()
        inside = (found.truth >= found["q025"]) & (found.truth <= found["q975"])
        weeks = inside.groupby(found.origin.dt.tz_localize(None).dt.to_period("W")).agg(["mean", "size"])
        whole = weeks[weeks["size"] >= weeks["size"].max() / 2]
        return float(inside.mean()), float(whole["mean"].min())

    def _error(self, low: int, high: int) -> dict[str, float]:
        found = self.forecasts[(self.forecasts.hours_ahead > low) & (self.forecasts.hours_ahead <= high)].dropna()
        ours, last, same = (
            float((found[name] - found.truth).abs().mean()) for name in ("q500", "persistence", "seasonal_naive")
        )
        return {
            "ours": ours,
            "persistence": last,
            "seasonal_naive": same,
            "of_persistence": ours / last if last else float("nan"),
            "of_seasonal_naive": ours / same if same else float("nan"),
        }


def backtest(
    frame: pd.DataFrame,
    origins: pd.DatetimeIndex,
    target: str,
    timezone: str,
    changed_at: datetime | None = None,
) -> Backtest:
    """Refit every REFIT_EVERY on what was known then, issue at each origin, compare with what came.

    `changed_at`: since when the source has measured as it does now.
    """
    interval = infer_interval(pd.DatetimeIndex(frame.index))
    truth = to_grid(frame[[target]], step_hours(interval), interval)[target]
    parts: list[pd.DataFrame] = []
    model, refit_at = Forecaster(target, timezone), origins.min()
    for origin in origins.sort_values():
        known = frame.loc[origin - HISTORY : origin]
        if origin >= refit_at:
            model, refit_at = Forecaster(target, timezone).fit(known, changed_at=changed_at), origin + REFIT_EVERY
        try:
            parts.append(_issued(model, known, truth, interval))
        except NotEnoughDataError:
            continue
    if not parts:
        raise NotEnoughDataError(
            f"No forecast of {target} can be issued from {origins.min():%Y-%m-%d} on: no readings."
        )
    return Backtest(pd.concat(parts, ignore_index=True))


def _issued(model: Forecaster, known: pd.DataFrame, truth: pd.Series, interval: timedelta) -> pd.DataFrame:
    table = model.issue(known)
    day, last = 24 // model.hours, table.attrs["origin"]
    # of what was known: the truth of the step that has only begun holds readings that are still to come
    newest = to_grid(known.loc[last - BASELINES_NEED :, [model.target]], model.hours, interval)
    past = newest[model.target].loc[:last].to_numpy()
    index = pd.DatetimeIndex(table.index)
    return table[list(COLUMNS)].assign(
        origin=last,
        hours_ahead=(np.arange(len(table)) + 1) * model.hours,
        truth=truth.reindex(index).to_numpy(),
        persistence=persistence(past, len(table))[-1],
        seasonal_naive=seasonal_naive(past, len(table), day)[-1],
    )
