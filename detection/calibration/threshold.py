"""From "so many false alarms" to a threshold, on clean history."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detection.calibration.days import weeks_known

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MERGE_HOURS = 3.0  # alarms so close are one episode
AGAIN_HOURS = 24.0  # an episode counts once more for each of these
MOST_CANDIDATES = 3000  # of the highest scores
MOST_EPISODES = 60


def episodes(alarms: Flags, per_hour: float = 1.0) -> int:
    """How many alarm episodes: merged over MERGE_HOURS, one more for each AGAIN_HOURS they last."""
    places = np.flatnonzero(alarms)
    if not len(places):
        return 0
    breaks = np.flatnonzero(np.diff(places) > MERGE_HOURS * per_hour)
    starts = places[np.concatenate([[0], breaks + 1])]
    ends = places[np.concatenate([breaks, [len(places) - 1]])]
    return int(np.sum(1 + (ends - starts + 1) // (AGAIN_HOURS * per_hour)))


def threshold_for(scores: Floats, per_week: float, per_hour: float = 1.0) -> float:
    """The lowest threshold at which clean scores give no more alarm episodes than wanted per week.

    Raises ValueError where there is no score at all. NaN are no alarms.
    """
    levels = _candidates(scores)
    allowed = per_week * weeks_known(scores, per_hour)
    few = _few_enough(np.where(np.isnan(scores), -np.inf, scores), levels, allowed, per_hour)
    if not few:
        return float(np.nextafter(levels[0], np.inf))
    return float((levels[few - 1] + levels[min(few, len(levels) - 1)]) / 2)


def episode_levels(scores: Floats, per_hour: float = 1.0) -> list[float]:
    """Ascending thresholds: from the last one on there is one alarm episode, from the one before two, and so on.

    Ends where lower thresholds no longer mean more episodes. Empty where there is no score.
    """
    if not np.isfinite(scores).any():
        return []
    levels, filled = _candidates(scores), np.where(np.isnan(scores), -np.inf, scores)
    found: list[float] = []
    for count in range(1, MOST_EPISODES + 1):
        few = _few_enough(filled, levels, count - 1, per_hour)
        if few >= len(levels):
            break
        found.append(float(levels[few]))
    return found[::-1]


def _candidates(scores: Floats) -> Floats:
    """The highest different scores, falling."""
    known = np.unique(scores[np.isfinite(scores)])[::-1]
    if not len(known):
        raise ValueError("There is no score to set a threshold by: the clean history is too short.")
    return known[:MOST_CANDIDATES]


def _few_enough(filled: Floats, levels: Floats, allowed: float, per_hour: float) -> int:
    """How many of the falling levels, from the highest, give no more than the allowed episodes."""
    low, high = 0, len(levels)
    while low < high:
        middle = (low + high) // 2
        if episodes(filled >= levels[middle], per_hour) <= allowed:
            low = middle + 1
        else:
            high = middle
    return low
