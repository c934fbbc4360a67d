"""Histogram gradient boosting on lags: what a reading should be, known so many intervals ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.detectors.estimators.autoregression import Background
from detection.timeseries.grid import Floats, Grid, lag_matrix, lagged
from detection.timeseries.robust import row_median

NEAR = (1, 2, 3, 4, 6, 8, 12)  # intervals
DAYS = 7
MOST_ROWS = 12_000  # that a forecaster learns from: more adds time, not skill
FEWEST_LEAF_ROWS = 30
LEAVES = 15

Booster = Callable[[int, float, int], Any]  # an unfitted model from rounds, learning rate and seed


@dataclass(frozen=True)
class Lags:
    """Lagged values less a base that is known `lead` intervals ahead, and the base itself."""

    features: Floats
    base: Floats

    @classmethod
    def of(cls, scaled: Floats, grid: Grid, background: Background, lead: int = 1) -> Lags:
        """Features from values at least `lead` intervals old. Shape (n, k)."""
        day = grid.day
        ahead = -(-lead // day)  # whole days
        near = [lead - 1 + lag for lag in NEAR]
        daily = [k * day + shift for k in range(ahead, ahead + DAYS + 1) for shift in ((-1, 0, 1) if k < 3 else (0,))]
        lags = lag_matrix(scaled, sorted({lag for lag in near + daily if lag >= lead}))
        base = lags[:, 0] if lead == 1 else row_median(lags[:, -DAYS:], 2)
        week = lagged(background.week, lead - 1)
        return cls(np.column_stack([lags - base[:, None], week - base, base, background.hour]), base)

    def part(self, rows: slice) -> Lags:
        """The same for some of the rows."""
        return Lags(self.features[rows], self.base[rows])


def histogram_booster(rounds: int, rate: float, seed: int) -> Any:
    """scikit-learn's, unfitted."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=rounds,
        learning_rate=rate,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=FEWEST_LEAF_ROWS,
        early_stopping=False,
        random_state=seed,
    )


@dataclass(frozen=True)
class BoostedForecast:
    """A forecaster of the value at the lead that its lags were made for."""

    model: Any

    @classmethod
    def fit(
        cls,
        lags: Lags,
        scaled: Floats,
        rows: NDArray[np.bool_],
        *,
        rounds: int,
        rate: float,
        seed: int,
        booster: Booster = histogram_booster,
    ) -> BoostedForecast:
        """Fit to the median on the chosen rows, at most MOST_ROWS of them."""
        usable = np.flatnonzero(rows & np.isfinite(scaled) & np.isfinite(lags.base))
        if len(usable) > MOST_ROWS:
            usable = np.random.default_rng(seed).choice(usable, MOST_ROWS, replace=False)
        model = booster(rounds, rate, seed)
        return cls(model.fit(lags.features[usable], (scaled - lags.base)[usable]) if len(usable) else None)

    def expected(self, lags: Lags) -> Floats:
        """Expected values of all places; NaN where the base is missing."""
        return lags.base if self.model is None else np.asarray(self.model.predict(lags.features) + lags.base)


def extra_booster(rounds: int, rate: float, seed: int) -> Any:
    """XGBoost's with the same settings where it is installed, else scikit-learn's."""
    try:
        from xgboost import XGBRegressor
    except ImportError:
        return histogram_booster(rounds, rate, seed)
    return XGBRegressor(
        objective="reg:absoluteerror",
        n_estimators=rounds,
        learning_rate=rate,
        max_leaves=LEAVES,
        grow_policy="lossguide",
        min_child_weight=FEWEST_LEAF_ROWS,
        n_jobs=1,
        random_state=seed,
    )
