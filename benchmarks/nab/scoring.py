"""The scoring of the Numenta Anomaly Benchmark (NAB v1.1), written from its published description.

A detector gives one score per row; one threshold for the whole corpus turns scores into detections. Inside an
anomaly window only the best detection counts, the earlier the better; each detection outside costs, less when it
comes shortly after a window. Nothing before the end of the probation is counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PROBATION_SHARE = 0.15
PROBATION_MOST_ROWS = 750
SIGMOID_STEEPNESS = 5.0
FAR_BEHIND = 3.0  # window lengths after which a false positive costs its full weight


@dataclass(frozen=True)
class Profile:
    """Weights of a true positive, a missed window and a false positive."""

    name: str
    hit: float
    miss: float
    false_alarm: float


STANDARD = Profile("standard", 1.0, 1.0, 0.11)
LOW_FALSE_POSITIVES = Profile("reward_low_FP_rate", 1.0, 1.0, 0.22)
LOW_FALSE_NEGATIVES = Profile("reward_low_FN_rate", 1.0, 2.0, 0.11)
PROFILES = (STANDARD, LOW_FALSE_POSITIVES, LOW_FALSE_NEGATIVES)


@dataclass(frozen=True)
class Labelled:
    """One series with its windows as inclusive row numbers (first, last), in order."""

    name: str
    rows: int
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        """Rows at the start that are not scored."""
        return min(int(PROBATION_SHARE * self.rows), PROBATION_MOST_ROWS)


@dataclass(frozen=True)
class Gains:
    """What lowering the threshold past each score adds to the raw score, highest score first."""

    scores: Floats
    deltas: Floats
    windows: int


@dataclass(frozen=True)
class Result:
    """Normalised score (null detector 0, perfect detector 100), its threshold and what was found."""

    score: float
    threshold: float


def sigmoid(position: Floats) -> Floats:
    """Value of a detection at `position` window lengths from a window's right edge (negative = inside)."""
    value = 2.0 / (1.0 + np.exp(SIGMOID_STEEPNESS * np.minimum(position, FAR_BEHIND))) - 1.0
    return np.where(position > FAR_BEHIND, -1.0, value)


def false_alarm_values(series: Labelled) -> Floats:
    """For each row outside windows, the sigmoid of its distance behind the last window; -1 before the first."""
    rows = np.arange(series.rows, dtype=np.float64)
    values = np.full(series.rows, -1.0)
    for first, last in series.windows:
        behind = rows > last
        values[behind] = sigmoid((rows[behind] - last) / max(last - first, 1))
    return values


def window_values(first: int, last: int) -> Floats:
    """For each row of a window the value of a detection there: 1 at the left edge, nearly 0 at the right."""
    length = last - first + 1
    position = (np.arange(length) - length) / length
    return np.asarray(sigmoid(position) / sigmoid(np.array([-1.0]))[0])


def gains(series: Labelled, scores: Floats, profile: Profile) -> Gains:
    """Break a series' raw score into steps: what each row adds as the threshold falls to its score."""
    outside = np.arange(series.rows) >= series.probation
    parts = []
    counted = 0
    for first, last in series.windows:
        outside[first : last + 1] = False
        begin = max(first, series.probation)
        if begin <= last:
            parts.append(_window_gains(scores[begin : last + 1], window_values(first, last)[begin - first :], profile))
            counted += 1
    parts.append((scores[outside], profile.false_alarm * false_alarm_values(series)[outside]))
    steps = np.concatenate([part[0] for part in parts])
    deltas = np.concatenate([part[1] for part in parts])
    return Gains(steps, deltas, counted)


def _window_gains(scores: Floats, values: Floats, profile: Profile) -> tuple[Floats, Floats]:
    order = np.argsort(-scores, kind="stable")
    best = np.maximum.accumulate(profile.hit * values[order])
    return scores[order], np.diff(best, prepend=-profile.miss)


def score_corpus(corpus: list[tuple[Labelled, Floats]], profile: Profile) -> Result:
    """Score a detector over a corpus at the one threshold that suits the profile best.

    `corpus` pairs each series with the detector's scores, one per row. Raises ValueError where the lengths differ
    or a score is not finite.
    """
    parts = [gains(series, _checked(series, scores), profile) for series, scores in corpus]
    raw, thresholds = _sweep(parts)
    best = int(np.argmax(raw))
    windows = sum(part.windows for part in parts)
    return Result(_normalised(float(raw[best]), windows, profile), float(thresholds[best]))


def score_at(corpus: list[tuple[Labelled, Floats]], profile: Profile, threshold: float) -> float:
    """The normalised score at a threshold fixed beforehand (a row is a detection where score ≥ threshold)."""
    parts = [gains(series, _checked(series, scores), profile) for series, scores in corpus]
    raw = sum(float(part.deltas[part.scores >= threshold].sum()) for part in parts)
    return _normalised(raw, sum(part.windows for part in parts), profile)


def _sweep(parts: list[Gains]) -> tuple[Floats, Floats]:
    scores = np.concatenate([part.scores for part in parts])
    deltas = np.concatenate([part.deltas for part in parts])
    order = np.argsort(-scores, kind="stable")
    totals = np.cumsum(deltas[order])
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    return np.append(totals[last_of_ties], 0.0), np.append(scores[order][last_of_ties], np.inf)


def _normalised(raw: float, windows: int, profile: Profile) -> float:
    """`raw` counts from the null detector (every window missed), so that the null score is 0."""
    return 100.0 * raw / (windows * (profile.hit + profile.miss))


def _checked(series: Labelled, scores: Floats) -> Floats:
    if scores.shape != (series.rows,) or not np.isfinite(scores).all():
        raise ValueError(f"{series.name}: needs one finite score for each of its {series.rows} rows")
    return scores
