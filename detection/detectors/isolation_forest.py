"""Unusual combinations: the station's pollutants together, with their recent past and the time of day."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.estimators.flat_forest import FlatForest
from detection.timeseries.columns import own
from detection.timeseries.grid import Floats, Grid, lag_matrix
from detection.timeseries.robust import row_median
from detection.timeseries.scale import Scale
from detection.timeseries.wall_time import calendar

TREES = 100
SAMPLES = 256
WEEK_SAMPLES = 7 * 8  # of the last week, that its median is taken from
LEAST_KNOWN = 0.5  # share of its readings that another variable needs to take part
MOST_ROWS = 20_000  # that a forest of 256-row trees is drawn from


class FlatIsolationForest(Detector):
    """scikit-learn's isolation forest (its anomaly score, 0 to 1), scored on flattened trees."""

    kind = "isolation_forest"
    memory: ClassVar[timedelta] = timedelta(days=7)

    def _fit(self, grid: Grid) -> None:
        values = {name: grid.values[name] for name in own(grid.values)}
        share = {name: np.isfinite(v).mean() for name, v in values.items()}
        limit = LEAST_KNOWN * share[self.target]
        self.variables = [self.target] + [n for n in sorted(values) if n != self.target and share[n] >= limit]
        self.scales = {name: Scale.of(values[name]) for name in self.variables}
        features = self._features(grid, 0)
        known = features[np.isfinite(features[:, 0])]
        self.usual = np.nan_to_num(row_median(known.T))
        self.forest = self._grown(_filled(known, self.usual))

    def _grown(self, rows: Floats) -> FlatForest:
        from sklearn.ensemble import IsolationForest

        rng = np.random.default_rng(self.seed)
        if len(rows) > MOST_ROWS:
            rows = rows[rng.choice(len(rows), MOST_ROWS, replace=False)]
        forest = IsolationForest(n_estimators=TREES, max_samples=min(SAMPLES, len(rows)), random_state=self.seed)
        trees = [tree.tree_ for tree in forest.fit(rows).estimators_]
        self.normal_path = float(_path_length(np.asarray([forest.max_samples_], dtype=np.float64))[0])
        return FlatForest.of(trees, [_depths(t) + _path_length(t.n_node_samples.astype(np.float64)) for t in trees])

    def _score(self, grid: Grid, first: int) -> Floats:
        features = self._features(grid, first)
        known = np.isfinite(features[:, 0])
        scores = np.full(len(features), np.nan)
        depths = self.forest.mean(_filled(features[known], self.usual))
        scores[known] = 2.0 ** (-depths / self.normal_path)
        return scores

    def _features(self, grid: Grid, first: int) -> Floats:
        """Levels, changes over one and three intervals and a day, distance to the week, calendar."""
        columns = [_dynamics(self._scaled(grid, self.target), grid, first)]
        for name in self.variables[1:]:
            now, before = lag_matrix(self._scaled(grid, name), [0, 1], first).T
            columns.append(np.column_stack([now, now - before]))
        return np.hstack([*columns, calendar(grid.times()[first:], self.zone)])

    def _scaled(self, grid: Grid, name: str) -> Floats:
        missing = np.full(grid.size, np.nan)
        return self.scales[name].forward(grid.values.get(name, missing))


def _dynamics(values: Floats, grid: Grid, first: int) -> Floats:
    week = grid.steps(timedelta(days=7))
    stride = max(1, week // WEEK_SAMPLES)
    now, one, three, day = lag_matrix(values, [0, 1, 3, grid.day], first).T
    usual = row_median(lag_matrix(values, list(range(1, week + 1, stride)), first), WEEK_SAMPLES // 4)
    return np.column_stack([now, now - one, now - three, now - day, now - usual])


def _filled(features: Floats, usual: Floats) -> Floats:
    return np.asarray(np.where(np.isfinite(features), features, usual))


def _path_length(samples: Floats) -> Floats:
    """Mean path length of an unsuccessful search in a binary tree of so many samples (Liu et al. 2008)."""
    n = np.maximum(samples, 2.0)
    harmonic = np.log(n - 1) + np.euler_gamma
    return np.asarray(np.where(samples <= 1, 0.0, np.where(samples == 2, 1.0, 2 * harmonic - 2 * (n - 1) / n)))


def _depths(tree: object) -> Floats:
    """How many edges lie above each node of a scikit-learn tree."""
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    depths = np.zeros(len(left))
    for node in range(len(left)):  # parents come before their children
        if left[node] >= 0:
            depths[[left[node], right[node]]] = depths[node] + 1
    return depths
