"""What a series should be, judged by others at the same moment: sister pollutants, or stations near by."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import row_median, trailing_deviation
from detection.timeseries.scale import Scale

MEMORY = timedelta(days=28)
LEAST_KNOWN = 0.5
SMALLEST = 0.03  # log units


def neighbour_ratio(grid: Grid, target: str, names: list[str], scale: Scale) -> Floats:
    """The log ratio to the median of the neighbours. Shape (n,), NaN where no neighbour reports."""
    there = [scale.forward(grid.values[name]) for name in names if name in grid.values]
    if not there:
        return np.full(grid.size, np.nan)
    return scale.forward(grid.values[target]) - row_median(np.column_stack(there))


def against_itself(relation: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """A relation less its own median of 28 days, and the same in units of its usual deviation. Shapes (n,)."""
    return trailing_deviation(relation, grid.steps(MEMORY), SMALLEST)
