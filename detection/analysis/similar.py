"""Past events like this one: nearest by shape and by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POINTS = 12  # that every event is brought to
MOST = 3
OFFSET = 10.0  # µg/m³, as in the scale of the detectors
FARTHEST = 1.0  # what differs more is not like it
DIGITS = 3
LENGTH_WEIGHT = 0.5  # of a doubling of the duration, against a doubling of the level


@dataclass(frozen=True)
class Past:
    """An event as it is remembered: its key and its values in order of time."""

    key: str
    values: Sequence[float]


def nearest(values: Sequence[float], past: Sequence[Past]) -> list[tuple[str, float]]:
    """(key, distance) of the most similar past events, nearest first. Distance 1 is like twice the level."""
    if not len(values):
        return []
    mine = _signature(values)
    found = []
    for one in past:
        if len(one.values):
            apart = float(np.abs(_signature(one.values) - mine).mean()) + _longer(values, one.values)
            found.append((one.key, round(apart, DIGITS)))
    return sorted((pair for pair in found if pair[1] <= FARTHEST), key=lambda pair: pair[1])[:MOST]


def _signature(values: Sequence[float]) -> Floats:
    """The event's course on a log2 scale at POINTS places."""
    course = np.log2(np.maximum(values, 0.0) + OFFSET)
    return np.asarray(np.interp(np.linspace(0, len(course) - 1, POINTS), np.arange(len(course)), course))


def _longer(a: Sequence[float], b: Sequence[float]) -> float:
    return LENGTH_WEIGHT * abs(float(np.log2(len(a) / len(b))))
