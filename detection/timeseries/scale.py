"""The scale on which a variable's deviations are alike at all levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.timeseries.grid import Floats

LARGEST_OFFSET = 10.0  # µg/m³: below this a pollutant's noise is additive, above it multiplicative
OFFSET_SHARE = 0.5  # of the median, for gases whose whole range is small
LARGEST_LOG = 600.0  # exp of more would overflow


@dataclass(frozen=True)
class Scale:
    """log(y + offset) for what cannot be negative, y itself (offset None) for what can, e.g. °C."""

    offset: float | None

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """The scale that suits these values; at least one of them is no NaN."""
        known = values[~np.isnan(values)]
        if np.quantile(known, 0.01) < 0:
            return cls(None)
        middle = float(np.median(known))
        return cls(min(LARGEST_OFFSET, OFFSET_SHARE * middle) if middle > 0 else LARGEST_OFFSET)

    def forward(self, values: Floats) -> Floats:
        """From the variable's unit to the scale; negative readings count as zero on a log scale."""
        if self.offset is None:
            return values
        return np.asarray(np.log(np.maximum(values, 0.0) + self.offset))

    def back(self, scaled: Floats) -> Floats:
        """From the scale to the variable's unit, never below zero on a log scale."""
        if self.offset is None:
            return scaled
        return np.asarray(np.maximum(np.exp(np.minimum(scaled, LARGEST_LOG)) - self.offset, 0.0))
