"""How large a one-step error usually is, by hour of the day and of late."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import MAD_TO_SIGMA, mad, row_median, trailing_median
from detection.timeseries.scale import Scale

DAYS = 28
FEWEST_DAYS = 5
WEEK = timedelta(days=7)
SMALLEST = 0.02  # on the log scale: two per cent


def smallest_error(scale: Scale, scaled: Floats) -> float:
    """What counts as an error at least: SMALLEST where the scale is logarithmic, else as much of the series' spread."""
    return SMALLEST if scale.offset is not None else SMALLEST * (mad(scaled) or 1.0)


def usual_error(errors: Floats, grid: Grid, smallest: float) -> Floats:
    """The usual size of an error before each place: the hour's own over 28 days, tempered by the week's."""
    size = np.abs(errors)
    same_hour = MAD_TO_SIGMA * row_median(grid.same_hour(size, DAYS), FEWEST_DAYS)
    lately = MAD_TO_SIGMA * trailing_median(size, grid.steps(WEEK))
    own = np.where(np.isnan(same_hour), lately, same_hour)
    blended = np.sqrt(own * np.where(np.isnan(lately), own, lately))
    return np.asarray(np.maximum(np.fmax(blended, own / 2), smallest))
