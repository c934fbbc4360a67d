"""Do the sister pollutants agree? A regression of the target on them, at the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.relations import LEAST_KNOWN, MEMORY, against_itself
from detection.timeseries.columns import companions_of
from detection.timeseries.grid import Floats, Grid, NotEnoughDataError
from detection.timeseries.robust import ridge
from detection.timeseries.scale import Scale

RIDGE = 1.0


@dataclass(frozen=True)
class Sisters:
    """Ridge regression of the scaled target on the scaled companions."""

    names: list[str]
    scales: dict[str, Scale]
    usual: Floats
    weights: Floats
    level: float

    @classmethod
    def fit(cls, grid: Grid, target: str, scaled: Floats) -> Sisters | None:
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


class Companions(Detector):
    """Deviation of the target from what its sister pollutants foretell, against its own 28 days."""

    kind = "companions"
    memory: ClassVar[timedelta] = 2 * MEMORY

    def _fit(self, grid: Grid) -> None:
        self.scale = Scale.of(self._target(grid))
        sisters = Sisters.fit(grid, self.target, self.scale.forward(self._target(grid)))
        if sisters is None:
            raise NotEnoughDataError(f"No usable readings of other variables beside {self.target}.")
        self.sisters = sisters

    def _score(self, grid: Grid, first: int) -> Floats:
        relation = self.sisters.relation(grid, self.scale.forward(self._target(grid)))
        return np.abs(against_itself(relation, grid)[1])[first:]
