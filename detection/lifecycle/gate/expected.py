"""How far the readings came from what versions expect of their hours: a level that has changed shows there first.

A forecast starts from the newest readings and is right soon after a jump; the expected value, by which each reading is
judged, stays wrong until it is learnt anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detection.forecasting.scale import Scale
from detection.live.band import Band, OutsideBandError
from detection.models import ModelVersion

if TYPE_CHECKING:
    import pandas as pd

    from detection.forecasting.grid import Array


def expected_by(key: str, number: int | None, times: pd.DatetimeIndex) -> Array:
    """(n,) what a stored version expects at each time; NaN outside its range."""
    band = Band(ModelVersion.objects.values_list("band", flat=True).get(series=key, number=number))
    return np.array([_at(band, moment) for moment in times])


def _at(band: Band, moment: pd.Timestamp) -> float:
    try:
        return band.at(moment.to_pydatetime()).expected
    except OutsideBandError:
        return float("nan")


def distances(values: pd.Series[float], expected: dict[str, Array]) -> dict[str, Array]:
    """(n,) each, ≥ 0: how far the readings came from it, on the log scale of the readings."""
    usual = Scale.of(values.to_numpy())
    scale = Scale(usual.log, usual.offset, usual.unit, -np.inf, np.inf)  # nothing is too far away to count
    came = scale.forward(values.to_numpy())
    return {name: np.abs(scale.forward(found) - came) for name, found in expected.items()}
