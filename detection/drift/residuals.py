"""What is left of a series when its daily shape is taken out, and what is left when its own past is too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detection.forecasting.grid import Array, Rows
from detection.forecasting.panel import at
from detection.forecasting.scale import Scale
from detection.timeseries.robust import MAD_TO_SIGMA, ridge

LAG_HOURS = (1, 2, 3, 24, 25)
COMPANION_LAG_HOURS = (0, 1, 2, 24)
REFERENCE_DAYS = 90  # of the reference that residuals and innovations are judged against
SEASON_DAYS = 330  # of readings; fewer cannot tell a season from a trend
PENALTY = 1e-3  # of the variance of the lags: a series that stands still must not divide by zero
WORST_INNOVATION = 1.0  # log units; larger ones count as this in the scale, not in the test
LEAST_SHARE_OF_SCALE = 0.3  # of the median hour's scale: a quiet hour must not cry wolf


@dataclass(frozen=True)
class Past:
    """n steps of `hours` hours, the first `reference` of them the reference.

    `hour` (n,) is the local step of the day, `residual` (n,) log values minus the reference's hourly median,
    `unseasonal` (n,) log values minus what hour and season would have, where the reference knows the season.
    What was negative in the reference is no logarithm but in units of its usual distance from the median.
    """

    index: pd.DatetimeIndex
    hours: int
    reference: int
    hour: Rows
    residual: Array
    unseasonal: Array
    knows_season: bool
    is_ratio: bool

    def factor(self, size: float) -> float | None:
        """New level ÷ old of a step; None of what was negative, in the reference or now, or rested at zero."""
        return float(np.exp(size)) if self.is_ratio else None

    def steps(self, hours: int) -> int:
        return max(1, hours // self.hours)


def build(grid: pd.Series, reference: int, hours: int, timezone: str) -> Past:
    """Everything that is estimated is estimated on the reference alone; all but the season on its newest part."""
    index = pd.DatetimeIndex(grid.index)
    hour = np.asarray(index.tz_convert(timezone).hour // hours, dtype=np.int64)
    values = grid.to_numpy(dtype=np.float64)
    scale = Scale.of(values[:reference])
    z = Scale(scale.log, scale.offset, scale.unit, -np.inf, np.inf).forward(values)
    first = max(0, reference - REFERENCE_DAYS * 24 // hours)
    usual = pd.Series(z[first:reference]).groupby(hour[first:reference]).median().reindex(range(24 // hours))
    residual = (z - usual.to_numpy()[hour])[first:]
    seasonal = _season(index, hour, z, reference, 24 // hours)
    unseasonal = residual if seasonal is None else (z - seasonal)[first:]
    knows_season = seasonal is not None
    is_ratio = not (values < 0).any() and bool(np.nanmedian(values[:reference]) > 0)
    return Past(index[first:], hours, reference - first, hour[first:], residual, unseasonal, knows_season, is_ratio)


def _season(index: pd.DatetimeIndex, hour: Rows, z: Array, reference: int, day: int) -> Array | None:
    """(n,) expected by hour and day of the year, or None where the reference is shorter than a year."""
    known = np.flatnonzero(np.isfinite(z[:reference]))
    if len(known) < SEASON_DAYS * day:
        return None
    year = np.asarray(index.day_of_year) * 2 * np.pi / 365.25
    angle = hour * 2 * np.pi / day
    waves = np.column_stack([np.sin(year), np.cos(year), np.sin(2 * year), np.cos(2 * year)])
    daily = np.column_stack([np.sin(angle), np.cos(angle)])
    mixed = (waves[:, :, None] * daily[:, None, :]).reshape(len(z), -1)
    columns = np.hstack([np.eye(day)[hour], waves, mixed])
    return np.asarray(columns @ ridge(columns[known], z[known], PENALTY))


def regression(past: Past, companion: Array | None = None) -> tuple[Array, Array]:
    """Coefficients of the lags (len(LAG_HOURS),) and innovations (n,), given a companion's present or not."""
    seen = _columns(past, past.residual, LAG_HOURS)
    if companion is not None:
        seen = np.hstack([seen, _columns(past, companion, COMPANION_LAG_HOURS)])
    good = np.isfinite(seen).all(axis=1) & np.isfinite(past.residual)
    good[past.reference :] = False
    known, answer = seen[good], past.residual[good]
    found = ridge(known, answer, PENALTY * len(known) * known.var() + 1e-9)
    return found[: len(LAG_HOURS)], past.residual - seen @ found


def _columns(past: Past, values: Array, hours: tuple[int, ...]) -> Array:
    lags = np.array([past.steps(h) if h else 0 for h in hours])
    return at(values, np.arange(len(values))[:, None] - lags)


def hourly_scale(past: Past, innovations: Array) -> Array:
    """(steps a day,): deviation of the innovations by hour of the day, the larger of the reference's and today's.

    A season that is noisier than the reference must not cry wolf. Today's is a median, which no single step moves.
    """
    squares = np.clip(innovations[: past.reference], -WORST_INNOVATION, WORST_INNOVATION) ** 2
    before = pd.Series(squares).groupby(past.hour[: past.reference]).mean() ** 0.5
    newest = pd.Series(np.abs(innovations[past.reference :])).groupby(past.hour[past.reference :])
    lately = newest.median() * MAD_TO_SIGMA
    middle = float(before.median())
    found = before.combine(lately, np.fmax).reindex(range(24 // past.hours)).fillna(middle)
    return np.maximum(found.to_numpy(dtype=np.float64), LEAST_SHARE_OF_SCALE * middle + 1e-9)


def shared(past: Past, other: Past) -> float:
    """Correlation of two series' residuals in the reference; 0 where they were not there together or stood still."""
    ours, theirs = past.residual[: past.reference], other.residual[: past.reference]
    known = np.isfinite(ours) & np.isfinite(theirs)
    if not known.any() or min(ours[known].std(), theirs[known].std()) == 0:
        return 0.0
    return float(np.corrcoef(ours[known], theirs[known])[0, 1])


def size_by_correlation_time(residual: Array) -> float:
    """How many independent values the series is worth: n over its integrated autocorrelation time.

    Every lag counts up to the first without correlation: weeks of hours are enough to know them all.
    """
    known = residual[np.isfinite(residual)]
    centred = known - known.mean() if len(known) else known
    variance = float(centred @ centred)
    if variance <= 0:
        return float(len(known))
    size = 2 ** int(np.ceil(np.log2(2 * len(known))))
    correlation = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[: len(known)] / variance
    end = int(np.argmax(correlation <= 0)) or len(known)
    return max(2.0, len(known) / (1 + 2 * float(correlation[1:end].sum())))
