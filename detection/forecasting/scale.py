"""The scale on which the models work: the logarithm of a concentration, or the plain value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.forecasting.grid import Array

OFFSET_SHARE = 0.1  # of the median, added before the logarithm: small values must not dominate
LIMIT_MADS = 12.0  # further than this from the median is no measurement but a fault
MIN_LIMIT = 3.0  # log units; never cut closer than a factor of 20


@dataclass(frozen=True)
class Scale:
    """y → z. With `log` z = log(y + offset), else z = (y - centre) / unit; faults become NaN."""

    log: bool
    offset: float
    unit: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Array) -> Scale:
        """Chosen from the history `values` (n,): logarithm where nothing is negative."""
        seen = values[np.isfinite(values)]
        log = bool(len(seen) and seen.min() >= 0)
        median = float(np.median(seen)) if len(seen) else 0.0
        spread = float(np.median(np.abs(seen - median))) if len(seen) else 0.0
        raw = cls(log, OFFSET_SHARE * median or 1.0, spread or 1.0, -np.inf, np.inf)
        if not log:
            raw = cls(log, -median, spread or 1.0, -np.inf, np.inf)
        return raw._limited(raw.forward(seen))

    def _limited(self, z: Array) -> Scale:
        if not len(z):
            return self
        centre = float(np.median(z))
        away = np.abs(z - centre)
        if not np.median(away):  # it rests most of the time, as a machine's load at night: what it does else is usual
            away = away[away > 0]
        reach = max(LIMIT_MADS * float(np.median(away)), MIN_LIMIT) if len(away) else MIN_LIMIT
        return Scale(self.log, self.offset, self.unit, centre - reach, centre + reach)

    def forward(self, values: Array) -> Array:
        """(any shape) → the same shape; what cannot be a measurement is NaN.

        On a logarithmic scale what is below zero counts as zero: a temperature may freeze that never did before.
        """
        shifted = (np.maximum(values, 0.0) if self.log else values) + self.offset
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.log(shifted) if self.log else shifted / self.unit
        return np.asarray(np.where((z >= self.low) & (z <= self.high), z, np.nan))

    def back(self, z: Array) -> Array:
        """The inverse; a logarithmic scale never answers below zero."""
        if not self.log:
            return z * self.unit - self.offset
        return np.asarray(np.maximum(np.exp(np.minimum(z, self.high)) - self.offset, 0.0))
