"""The members of the combination. Each forecasts z for all steps ahead: (len(rows), horizon)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from detection.forecasting import features
from detection.forecasting.grid import Array, Rows
from detection.forecasting.hour_map import HourMap, Standard
from detection.forecasting.panel import Panel
from detection.forecasting.season import GivenSeason, Season

NEAR_PENALTY = 10.0  # up to a day ahead the last hours tell much
FAR_PENALTY = 300.0  # later they tell little
NEAR_HOURS = 24
TREES = 60  # 200 at a rate of 0.08 are as good within 0.004 of the naive error, and take three times as long
TREE_LEAVES = 16
LEARNING_RATE = 0.2
MIN_LEAF_ROWS = 300
FEATURE_SHARE = 0.3  # that each split may choose from: trees that differ average better
PAIRS = 30_000  # (origin, steps ahead) drawn to fit the trees
NEAR_STEPS = 4.0  # pairs are drawn with probability 1 / (NEAR_STEPS + steps ahead)
SEED = 20_240
ANOMALY_KEPT = 0.9  # share of the week's anomaly that is carried to the end of the horizon
HOURLY_DECAY = 0.95  # of the rest, the anomaly of the last hour


Curve = Season | GivenSeason


def one_thread() -> threadpool_limits:
    """Small trees are slower on several threads, and much slower where the cores are shared."""
    return threadpool_limits(limits=1, user_api="openmp")


class Member(Protocol):
    """NaN where it cannot say. Those that learn have a `fit` from weighted origins as well."""

    def predict(self, panel: Panel, rows: Rows, horizon: int) -> Array: ...


@dataclass
class RidgeMember:
    """One linear map from the past to all steps ahead, relative to the last days' level, and what each hour adds."""

    with_companions: bool
    standard: Standard = field(default_factory=Standard)
    coefficients: Array = field(default_factory=lambda: np.empty(0))
    intercept: Array = field(default_factory=lambda: np.empty(0))
    of_hour: HourMap = field(default_factory=HourMap)

    def fit(self, panel: Panel, rows: Rows, targets: Array, weights: Array) -> Self:
        from sklearn.linear_model import Ridge

        seen = self._features(panel, rows)
        self.standard = Standard.of(seen)
        standard, relative = self.standard(seen), targets - panel.level[rows][:, None]
        near = min(NEAR_HOURS // panel.hours, targets.shape[1])
        parts = [
            Ridge(alpha=penalty).fit(standard, relative[:, part], sample_weight=weights)
            for penalty, part in ((NEAR_PENALTY, slice(near)), (FAR_PENALTY, slice(near, None)))
            if relative[:, part].shape[1]
        ]
        self.coefficients = np.vstack([part.coef_ for part in parts]).T
        self.intercept = np.concatenate([part.intercept_ for part in parts])
        self.of_hour.fit(panel, rows, relative - standard @ self.coefficients - self.intercept, weights)
        return self

    def predict(self, panel: Panel, rows: Rows, horizon: int) -> Array:
        relative = self.standard(self._features(panel, rows)) @ self.coefficients + self.intercept
        relative += self.of_hour.predict(panel, rows)
        return np.asarray(relative[:, :horizon] + panel.level[rows][:, None])

    def _features(self, panel: Panel, rows: Rows) -> Array:
        own = features.own(panel, rows)
        return np.hstack([own, features.companions(panel, rows)]) if self.with_companions else own


@dataclass
class BoostingMember:
    """Histogram gradient boosting with the steps ahead as a feature."""

    model: Any = None

    def fit(self, panel: Panel, rows: Rows, targets: Array, weights: Array) -> Self:
        from sklearn.ensemble import HistGradientBoostingRegressor

        random = np.random.default_rng(SEED)
        near = 1 / (NEAR_STEPS + np.arange(1, targets.shape[1] + 1))
        drawn = random.choice(len(rows), PAIRS, p=weights / weights.sum())
        ahead = random.choice(targets.shape[1], PAIRS, p=near / near.sum())
        relative = targets[drawn, ahead] - panel.level[rows[drawn]]
        seen = features.pairs(panel, rows[drawn], ahead + 1)
        model = HistGradientBoostingRegressor(
            max_iter=TREES,
            max_leaf_nodes=TREE_LEAVES,
            learning_rate=LEARNING_RATE,
            min_samples_leaf=MIN_LEAF_ROWS,
            max_features=FEATURE_SHARE,
            early_stopping=False,
            random_state=SEED,
        )
        with one_thread():
            self.model = model.fit(seen, relative)
        return self

    def predict(self, panel: Panel, rows: Rows, horizon: int) -> Array:
        origins = np.repeat(rows, horizon)
        ahead = np.tile(np.arange(1, horizon + 1), len(rows))
        with one_thread():
            relative = self.model.predict(features.pairs(panel, origins, ahead))
        return np.asarray(relative.reshape(len(rows), horizon) + panel.level[rows][:, None])


@dataclass
class SeasonMember:
    """The climatology plus a residual: the last hour's decays, most of the week's stays."""

    season: Curve

    def predict(self, panel: Panel, rows: Rows, horizon: int) -> Array:
        step = panel.index[1] - panel.index[0]
        future = pd.date_range(panel.index[-1] + step, periods=horizon, freq=step)
        expected = self.season.at(pd.DatetimeIndex(panel.index.append(future)))
        anomaly = panel.z - expected[: len(panel.z)]
        week = pd.Series(anomaly).rolling(7 * panel.day, min_periods=panel.day).mean().to_numpy()
        lasting = ANOMALY_KEPT * week[rows][:, None]
        ahead = np.arange(1, horizon + 1)
        fading = (anomaly[rows][:, None] - lasting) * HOURLY_DECAY ** (ahead * panel.hours)
        return np.asarray(expected[rows[:, None] + ahead] + lasting + fading)


@dataclass
class SameHourMember:
    """The same hour of the newest day that is known."""

    def predict(self, panel: Panel, rows: Rows, horizon: int) -> Array:
        return features.ahead(panel.z, panel, rows[:, None], np.arange(1, horizon + 1)[None, :])


@dataclass
class PersistenceMember:
    """The last value."""

    def predict(self, panel: Panel, rows: Rows, horizon: int) -> Array:
        return np.repeat(panel.z[rows][:, None], horizon, axis=1)
