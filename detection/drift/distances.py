"""How far two samples lie apart: Kolmogorov-Smirnov, population stability index, Wasserstein."""

from __future__ import annotations

import numpy as np
from scipy import stats

from detection.forecasting.grid import Array

BINS = 10
LEAST_SHARE = 1e-4  # of an empty bin, so that the index stays finite


def finite(values: Array) -> Array:
    return np.asarray(values[np.isfinite(values)])


def ks(reference: Array, current: Array, sizes: tuple[float, float] | None = None) -> tuple[float, float]:
    """Statistic and p-value; `sizes` are the effective sample sizes, by default the true ones."""
    first, second = finite(reference), finite(current)
    statistic = float(stats.ks_2samp(first, second, method="asymp").statistic)
    n, m = sizes or (len(first), len(second))
    return statistic, float(stats.kstwobign.sf(statistic * np.sqrt(n * m / (n + m))))


def psi(reference: Array, current: Array) -> float:
    """Population stability index over the reference's tenths."""
    first, second = finite(reference), finite(current)
    edges = np.unique(np.quantile(first, np.linspace(0, 1, BINS + 1)[1:-1]))
    shares = [np.bincount(np.searchsorted(edges, v), minlength=len(edges) + 1) / len(v) for v in (first, second)]
    was, now = (np.maximum(share, LEAST_SHARE) for share in shares)
    return float(((now - was) * np.log(now / was)).sum())


def wasserstein(reference: Array, current: Array) -> float:
    """In the samples' own unit."""
    return float(stats.wasserstein_distance(finite(reference), finite(current)))


def chunk_threshold(reference: Array, length: int, stride: int, deviations: float) -> float:
    """Mean + `deviations` sd of the distance of past chunks of `length` to the rest of the reference."""
    found = []
    for start in range(0, len(reference) - length + 1, stride):
        chunk = reference[start : start + length]
        rest = np.concatenate([reference[:start], reference[start + length :]])
        if len(finite(chunk)) > length // 2 and len(finite(rest)) > length // 2:
            found.append(wasserstein(rest, chunk))
    return float(np.mean(found) + deviations * np.std(found)) if len(found) > 1 else float("inf")
