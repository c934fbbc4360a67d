"""VUS-PR: how well scores rank the rows of events before all others, without any threshold.

Paparrizos et al., "Volume Under the Surface", PVLDB 15(11), 2022: the area under precision and recall, averaged
over tolerances around each event's edges. A random scorer gets about the share of rows that lie in events.
"""

from __future__ import annotations

import numpy as np

from detection.timeseries.grid import Floats
from detection.timeseries.injection import Event, labels

TOLERANCES = (0, 4, 8, 12, 16, 20, 24)  # rows around an event, in total
THRESHOLDS = 250


def vus_pr(scores: Floats, events: list[Event], *, per_hour: float = 1.0) -> float:
    """The volume under precision-recall curves, 0 to 1; NaN without events. Rows without a score rank last."""
    if not events:
        return float("nan")
    filled = np.where(np.isnan(scores), -np.inf, scores)
    areas = [_area(filled, events, round(hours * per_hour)) for hours in TOLERANCES]
    return float(np.mean(areas))


def _area(scores: Floats, events: list[Event], tolerance: int) -> float:
    """The area under one range-based precision-recall curve."""
    core = labels(events, len(scores)).astype(np.float64)
    soft = _softened(core, events, tolerance)
    ranges = [(max(e.start - tolerance // 2, 0), min(e.end + tolerance // 2, len(scores))) for e in events]
    peaks = np.array([scores[a:b].max() for a, b in ranges])
    order = np.argsort(-scores, kind="stable")
    true = np.cumsum(soft[order])
    flagged = np.arange(1, len(scores) + 1)
    falling = scores[order]
    at = np.linspace(0, len(scores) - 1, THRESHOLDS).astype(int)
    at = np.unique(np.searchsorted(-falling, -falling[at], side="right") - 1)  # equal scores rise together
    seen = (peaks[None, :] >= falling[at][:, None]).mean(axis=1)
    extra = true[at] - np.cumsum(core[order])[at]  # credit taken in the tolerance
    wanted = core.sum() + extra / 2
    recall = np.minimum(true[at] / wanted, 1.0) * seen
    precision = true[at] / flagged[at]
    return float(np.sum(np.diff(recall, prepend=0.0).clip(min=0) * precision))


def _softened(core: Floats, events: list[Event], tolerance: int) -> Floats:
    """Labels that fade out over half the tolerance on both sides of each event."""
    soft = core.copy()
    for distance in range(1, tolerance // 2 + 1):
        credit = np.sqrt(1 - distance / tolerance)
        for event in events:
            for place in (event.start - distance, event.end - 1 + distance):
                if 0 <= place < len(soft):
                    soft[place] = max(soft[place], credit)
    return soft
