"""What a forecast of a concentration means for the air quality index: its value, and how likely each category is.

Each hour is rated as if its concentration lasted for the averaging period of the standard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detection.forecasting import COLUMNS, category_probabilities
from ingestion.aqi import DEFAULT, aqi, standard
from ingestion.aqi.bounds import category_bounds

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 3


def categories(variable: str, table: pd.DataFrame) -> dict[str, Any] | None:
    """By hour of an issued table: `aqi` of the median and `probabilities` of each of `codes`. None for no pollutant."""
    bounds, edition = category_bounds(DEFAULT, variable), standard(DEFAULT).latest
    if not bounds:
        return None
    codes = [category.code for category in edition.categories]
    found = category_probabilities(table[list(COLUMNS)].to_numpy(), bounds)
    padded = np.pad(found, ((0, 0), (0, len(codes) - found.shape[1])))
    index = aqi(DEFAULT, {variable: table["q500"].to_numpy()}, edition.in_force_from).index
    return {
        "standard": DEFAULT,
        "codes": codes,
        "aqi": [None if np.isnan(value) else int(value) for value in np.atleast_1d(index)],
        "probabilities": padded.round(DIGITS).tolist(),
    }
