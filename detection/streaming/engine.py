"""The streaming scorer: one pass, constant memory, the same parameters for every series, no labels.

Ten channels ask how new a value is against the past; `Rarity` turns each answer into "once in so many blocks"; the
root mean square over the channels that can answer is the *rarity* of the row, so that one channel that is sure and
several that are half sure both count. The *score* keeps a row in full only when it tops what the last event left
behind, so that an event is announced once.
"""

from math import isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detection.streaming.channels import all_channels
from detection.streaming.rarity import RAREST, Rarity

ABSURD = 1e15  # no instrument reports this: the highest score, and nothing is learnt from it
QUIET_ROWS = 100.0  # an event keeps the bar raised for this many rows …
QUIET_SHARE = 0.06  # … plus this share of the rows seen so far
MARGIN = 0.4  # rarity by which a row must top the event before it
HELD = 0.25  # of its score that a row keeps which does not


class Gate:
    """Announces an event once: the bar jumps above an announced rarity and sinks back to zero in a straight line."""

    def __init__(self) -> None:
        self.rows = 0
        self.bar = 0.0
        self.since = 0

    def update(self, rarity: float) -> float:
        """`rarity` where it tops the bar, else `HELD` of it."""
        age = (self.rows - self.since) / (QUIET_ROWS + QUIET_SHARE * self.rows)
        bar = self.bar * max(0.0, 1.0 - age)
        self.rows += 1
        if rarity <= bar:
            return HELD * rarity
        self.bar, self.since = rarity + MARGIN, self.rows - 1
        return rarity


class StreamingScorer:
    """Scores one series value by value; holds half a megabyte however long the series."""

    def __init__(self) -> None:
        self.channels = all_channels()
        self.rarity_of = Rarity(len(self.channels))
        self.gate = Gate()

    def update(self, at: float, value: float) -> float:
        """The anomaly score in [0, 1] of `value` at `at` (seconds since the epoch), from what came before alone.

        A value that is no number scores 0 and an absurd one (beyond ±1e15) 1; neither is learnt.
        """
        if not isfinite(value) or abs(value) > ABSURD:
            return 0.0 if value != value else 1.0
        return self.gate.update(self.rarity(at, value)) / RAREST

    def rarity(self, at: float, value: float) -> float:
        """How rare the value is, 0 to `RAREST` (3 = once in a thousand blocks), without the gate; then learn it."""
        novelty = np.array([channel.update(at, value) for channel in self.channels])
        rarity = self.rarity_of.update(novelty)
        known = rarity[np.isfinite(rarity)]
        return sqrt(float(known @ known) / max(len(known), 1))


def score_series(times: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
    """Score a whole series in the given order.

    `times`: seconds since the epoch, `values`: any unit, both of length n. Returns n scores in [0, 1]. Raises
    ValueError where the lengths differ.
    """
    at, value = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if at.shape != value.shape or at.ndim != 1:
        raise ValueError(f"times and values must be two lists of one length, not {at.shape} and {value.shape}")
    scorer = StreamingScorer()
    return np.array([scorer.update(*row) for row in zip(at.tolist(), value.tolist(), strict=True)])
