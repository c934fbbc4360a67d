"""From "so many false alarms" to a threshold, on clean history."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MERGE_HOURS = 3.0  # alarms so close are one episode
AGAIN_HOURS = 24.0  # an episode counts once more for each of these
HOURS_A_WEEK = 168.0
MOST_CANDIDATES = 3000  # of the highest scores


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
    known = scores[np.isfinite(scores)]
    if not len(known):
        raise ValueError("There is no score to set a threshold by: the clean history is too short.")
    allowed = per_week * len(scores) / per_hour / HOURS_A_WEEK
    filled = np.where(np.isnan(scores), -np.inf, scores)
    candidates = np.unique(known)[::-1][:MOST_CANDIDATES]
    low, high = 0, len(candidates)  # candidates[:low] give few enough alarms
    while low < high:
        middle = (low + high) // 2
        if episodes(filled >= candidates[middle], per_hour) <= allowed:
            low = middle + 1
        else:
            high = middle
    above = candidates[low - 1] if low else np.nextafter(candidates[0], np.inf)
    below = candidates[low] if low < len(candidates) else above
    return float((above + below) / 2) if low else float(above)
