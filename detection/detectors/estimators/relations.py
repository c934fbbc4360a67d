"""What a series should be, judged by others at the same moment: sister pollutants, or stations near by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from detection.timeseries.columns import companions_of
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import ridge, row_median, trailing_deviation
from detection.timeseries.scale import Scale

MEMORY = timedelta(days=28)
LEAST_KNOWN = 0.5
RIDGE = 1.0
SMALLEST = 0.03  # log units


def neighbour_ratio(grid: Grid, target: str, names: list[str], scale: Scale) -> Floats:
    """The log ratio to the median of the neighbours. Shape (n,), NaN where no neighbour reports."""
    there = [scale.forward(grid.values[name]) for name in names if name in grid.values]
    if not there:
        return np.full(grid.size, np.nan)
    return scale.forward(grid.values[target]) - row_median(np.column_stack(there))


@dataclass(frozen=True)
class CompanionRegression:
    """Ridge regression of the scaled target on the scaled companions."""

    names: list[str]
    scales: dict[str, Scale]
    usual: Floats
    weights: Floats
    level: float

    @classmethod
    def fit(cls, grid: Grid, target: str, scaled: Floats) -> CompanionRegression | None:
        """None where no companion has enough readings."""
        share = LEAST_KNOWN * np.isfinite(scaled).mean()
        names = [n for n in companions_of(target, list(grid.values)) if np.isfinite(grid.values[n]).mean() >= share]
        if not names:
            return None
        scales = {name: Scale.of(grid.values[name]) for name in names}
        design = np.column_stack([scales[name].forward(grid.values[name]) for name in names])
        usual = np.nanmedian(design, axis=0)
        known = np.isfinite(scaled)
        centred = np.nan_to_num(design[known] - usual)
        level = float(scaled[known].mean())
        return cls(names, scales, usual, ridge(centred, scaled[known] - level, RIDGE), level)

    def relation(self, grid: Grid, scaled: Floats) -> Floats:
        """The target less what its companions foretell; NaN where most of them are missing."""
        missing = np.full(grid.size, np.nan)
        columns = [self.scales[name].forward(grid.values.get(name, missing)) for name in self.names]
        design = np.column_stack(columns) - self.usual
        foretold = self.level + np.nan_to_num(design) @ self.weights
        known = np.isfinite(design).mean(axis=1) >= LEAST_KNOWN
        return np.where(known, scaled - foretold, np.nan)


def against_itself(relation: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """A relation less its own median of 28 days, and the same in units of its usual deviation. Shapes (n,)."""
    return trailing_deviation(relation, grid.steps(MEMORY), SMALLEST)
