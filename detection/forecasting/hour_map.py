"""What each hour of issue adds to a linear map that is the same for all hours.

What the last hours tell hangs on the hour: the evening's smoke stays, the morning's is gone by noon.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from detection.forecasting import features
from detection.forecasting.grid import Array, Rows
from detection.forecasting.panel import Panel

PENALTY = 3.0  # times the hours ahead: one row in 24 teaches an hour, and what is far ahead is mostly chance


@dataclass(frozen=True)
class Standard:
    """Features in units of their own spread; what is missing counts as average."""

    centre: Array = field(default_factory=lambda: np.empty(0))
    unit: Array = field(default_factory=lambda: np.empty(0))

    @classmethod
    def of(cls, seen: Array) -> Self:
        return cls(np.nan_to_num(np.nanmean(seen, axis=0)), np.nan_to_num(np.nanstd(seen, axis=0)) + 1e-6)

    def __call__(self, seen: Array) -> Array:
        return np.nan_to_num((seen - self.centre) / self.unit)


@dataclass
class HourMap:
    """A small ridge for each hour of the day, taught on what the map for all hours leaves over."""

    standard: Standard = field(default_factory=Standard)
    coefficients: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    """Shape (steps a day, features + 1, horizon); single precision, since it is kept for every series."""

    def fit(self, panel: Panel, rows: Rows, left_over: Array, weights: Array) -> Self:
        """`left_over` (len(rows), horizon): what came less what was foretold, on the models' scale."""
        self.standard = Standard.of(features.brief(panel, rows))
        seen, penalty = self._seen(panel, rows), PENALTY * panel.hours * np.arange(1, left_over.shape[1] + 1)
        own = [panel.hour[rows] == hour for hour in range(panel.day)]
        found = [_ridge(seen[those], left_over[those], weights[those], penalty) for those in own]
        self.coefficients = np.stack(found).astype(np.float32)
        return self

    def predict(self, panel: Panel, rows: Rows) -> Array:
        """(len(rows), horizon)."""
        return np.asarray(np.einsum("rf,rfh->rh", self._seen(panel, rows), self.coefficients[panel.hour[rows]]))

    def _seen(self, panel: Panel, rows: Rows) -> Array:
        return np.column_stack([self.standard(features.brief(panel, rows)), np.ones(len(rows))])


def _ridge(seen: Array, targets: Array, weights: Array, penalty: Array) -> Array:
    """Coefficients (features, horizon), each column with its own penalty; zeros where there are no rows."""
    heavy = seen.T * weights
    sizes, turn = np.linalg.eigh(heavy @ seen)
    return np.asarray(turn @ ((turn.T @ (heavy @ targets)) / (sizes[:, None] + penalty)))
