"""The concentrations at which an index's categories begin."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import numpy as np

from ingestion.aqi.index import aqi
from ingestion.aqi.standard import standard
from ingestion.aqi.table import AIR, Floats

HALVINGS = 60  # from the weight of the air down to less than any table's step


@cache
def category_bounds(code: str, pollutant: str) -> tuple[float, ...]:
    """Where the second category begins, the third and so on, in µg/m³, in the standard's latest edition.

    A category that the pollutant never reaches has no bound; empty for a pollutant that the standard does not know.
    """
    edition = standard(code).latest
    at, starts = edition.in_force_from, np.array([one.index_from for one in edition.categories[1:]], dtype=np.float64)
    low, high = np.zeros(len(starts)), np.full(len(starts), AIR * 0.99)
    reached = _index(code, pollutant, high, at) >= starts
    for _ in range(HALVINGS if reached.any() else 0):
        middle = (low + high) / 2
        above = _index(code, pollutant, middle, at) >= starts
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return tuple(high[reached].tolist())


def _index(code: str, pollutant: str, concentration: Floats, at: datetime) -> Floats:
    return np.asarray(aqi(code, {pollutant: concentration}, at).index, dtype=np.float64)
