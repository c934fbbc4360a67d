"""Concept drift: the model's own errors grow, or its band no longer holds what it promises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.detectors import NotEnoughDataError
from detection.drift.distances import finite
from detection.drift.residuals import effective_size
from detection.forecasting.grid import Array

ERROR_RATIO = 1.5  # of the median absolute error, now over then
COVERAGE_DEVIATIONS = 3.0  # below the promised coverage, in effective standard errors
LEAST_ERRORS = 48


@dataclass(frozen=True)
class ConceptDrift:
    """`ratio` of the absolute errors, `coverage` of the band now, and whether either has gone astray."""

    ratio: float
    coverage: float
    degraded: bool
    sentence: str
    sentence_ur: str


def check_errors(reference: Array, current: Array, inside: Array, promised: float = 0.95) -> ConceptDrift:
    """Absolute errors (n,), (m,) of past and newest forecasts; inside (m,) 1 where the band held, NaN unknown."""
    was, now, held = finite(reference), finite(current), finite(inside)
    if min(len(was), len(now), len(held)) < LEAST_ERRORS:
        raise NotEnoughDataError(f"Judging a model needs {LEAST_ERRORS} errors before and after; there are fewer.")
    ratio = float(now.mean() / max(was.mean(), 1e-9))
    coverage = float(held.mean())
    allowed = promised - COVERAGE_DEVIATIONS * np.sqrt(promised * (1 - promised) / effective_size(held))
    degraded = bool(ratio > ERROR_RATIO or coverage < allowed)
    return ConceptDrift(ratio, coverage, degraded, *_sentences(ratio, coverage, degraded))


def _sentences(ratio: float, coverage: float, degraded: bool) -> tuple[str, str]:
    if not degraded:
        return "The model is as good as it was.", "ماڈل پہلے جیسا ہی درست ہے۔"
    return (
        f"The model's errors are {ratio:.1f} times what they were; its band holds {coverage:.0%} of the readings.",
        f"ماڈل کی غلطی پہلے سے {ratio:.1f} گنا ہے؛ اس کی حد میں {coverage:.0%} قدریں آتی ہیں۔",
    )
