"""Is a challenger better than what serves and than the naive forecasts? A paired test on held-out errors. No Django.

Errors of neighbouring origins resemble each other, so their number says too much: the variance of the mean difference
is the long-run one (Newey and West 1987, Bartlett weights), as in the test of Diebold and Mariano (1995).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t as student

from detection.forecasting.grid import Array

MARGIN = 0.01  # of the champion's mean error, by which a challenger has to be better
TOLERANCE = 0.05  # by which it may be worse where the champion's range ends soon, or its source has changed
P_VALUE = 0.05  # one-sided
NEARER = 0.5  # of the champion's distance from the readings, by which expected values after a change have to be nearer
FEWEST = 8  # origins
NAIVE = ("persistence", "seasonal_naive")
NAMES = {
    "champion": "the champion",
    "persistence": "“it stays as it is”",
    "seasonal_naive": "“as yesterday at this hour”",
}

LEVEL = " Its expected values err × {:.2f} as much as the champion's."
OUTLIVED = " The champion knows only what its source sent before it changed, so this one serves."


@dataclass(frozen=True)
class Paired:
    """A challenger against one rival. `ratio` of mean errors, below 1 where the challenger is better."""

    rival: str
    ratio: float
    p_value: float
    effective: float  # size of a sample of independent origins that says as much
    beaten: bool


@dataclass(frozen=True)
class Decision:
    """`passed`, why in a sentence, and each comparison. `unrivalled`: nothing serves that could be compared at all."""

    passed: bool
    sentence: str
    comparisons: tuple[Paired, ...] = ()
    unrivalled: bool = False


def decide(
    errors: Mapping[str, Array],
    margin: float = MARGIN,
    outlived: bool = False,
    expected: Mapping[str, Array] | None = None,
) -> Decision:
    """Errors of "challenger" and its rivals at the same origins, (n,) each, ≥ 0; NaN where unknown.

    The margin is asked against the champion alone. The naive rivals have to be beaten as such. Where the champion is
    `outlived`, because its source has changed since, it is enough not to be surely worse than they are by more than
    TOLERANCE; nor than it is, where the distances, (m,) each, of the readings from what both `expected` surely halve.
    """
    challenger = errors["challenger"]
    rivals = [name for name in NAMES if name in errors]
    pairs = [paired(challenger, errors[name], name, margin if name == "champion" else 0.0) for name in rivals]
    unknown = [pair for pair in pairs if pair is None]
    found = tuple(pair for pair in pairs if pair is not None)
    if unknown or not found:
        return Decision(False, f"There are fewer than {FEWEST} held-out forecasts to compare.", found)
    after_change = _after_change(found, expected) if outlived else None
    if after_change:
        return Decision(True, _sentence(found, margin) + after_change, found)
    return Decision(all(pair.beaten for pair in found), _sentence(found, margin), found)


def _after_change(found: tuple[Paired, ...], expected: Mapping[str, Array] | None) -> str | None:
    """What is said of a challenger that may serve because the source has changed; None of one that may not."""
    if any(pair.p_value >= 1 - P_VALUE and pair.ratio > 1 + TOLERANCE for pair in found):
        return None
    if all(pair.beaten for pair in found if pair.rival not in NAIVE):
        return OUTLIVED
    level = paired(expected["challenger"], expected["champion"], "champion", NEARER) if expected else None
    return LEVEL.format(level.ratio) + OUTLIVED if level and level.beaten else None


def paired(challenger: Array, rival: Array, name: str, margin: float) -> Paired | None:
    """None where there are fewer than FEWEST common origins."""
    known = np.isfinite(challenger) & np.isfinite(rival)
    ours, theirs = challenger[known], rival[known]
    if len(ours) < FEWEST:
        return None
    gain = (1 - margin) * theirs - ours
    effective = size_by_long_run_variance(gain)
    spread = float(gain.std()) / sqrt(max(effective - 1, 1.0))
    mean = float(gain.mean())
    p_value = float(student.sf(mean / spread, max(effective - 1, 1.0))) if spread > 0 else float(mean <= 0)
    ratio = float(ours.mean() / max(theirs.mean(), 1e-12))
    return Paired(name, ratio, p_value, effective, p_value < P_VALUE)


def size_by_long_run_variance(values: Array) -> float:
    """How many independent values say as much about the mean as these (n,) in their order.

    The first lags count alone, with falling weights: a few dozen origins are too few to know more.
    """
    n = len(values)
    away = values - values.mean()
    variance = float(away @ away) / n
    if variance == 0:
        return float(n)
    lags = min(round(2 * n**0.5), n // 3)
    covariances = [(1 - lag / (lags + 1)) * float(away[lag:] @ away[:-lag]) / n for lag in range(1, lags + 1)]
    return float(np.clip(n * variance / max(variance + 2 * sum(covariances), variance / n), 1.0, n))


def _sentence(found: tuple[Paired, ...], margin: float) -> str:
    lost = [pair for pair in found if not pair.beaten]
    if not lost:
        return "It beats " + ", ".join(f"{NAMES[pair.rival]} (error × {pair.ratio:.2f})" for pair in found) + "."
    asked = f"wanted × {1 - margin:.2f} or less, and p < {P_VALUE}"
    return (
        "It does not surely beat "
        + ", ".join(
            f"{NAMES[pair.rival]} (error × {pair.ratio:.2f}, p = {pair.p_value:.2f}; "
            f"{asked if pair.rival == 'champion' else f'wanted p < {P_VALUE}'})"
            for pair in lost
        )
        + "."
    )
