"""Labelled rows to learn from: copies of a clean history into which events were put."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.timeseries.grid import Floats
from detection.timeseries.injection import Event, Plan, inject, labels
from detection.timeseries.rolling import max_over

SHORT = Plan(kinds=("spike_up", "spike_down", "zero"), apart=36.0)
LONG = Plan(kinds=("shift", "drift", "stuck"), apart=72.0)
SHORT_EVERY, LONG_EVERY = 72.0, 250.0  # hours of history per event
WARM_UP = 0.25  # at most this share of the history has no events, because its windows are not yet full
WARM_UP_HOURS = 28 * 24.0
SILENT = 0.25  # share of a drift that cannot be seen yet: neither learnt as an event nor as normal
GRACE_HOURS, AFTER_HOURS = 6.0, 72.0
# How much a row counts. After an event all windows still hold it: those rows must be learnt as normal.
SHORT_WEIGHT, LONG_WEIGHT, DRIFT_WEIGHT, NORMAL_WEIGHT, AFTER_WEIGHT = 3.0, 1.0, 1.0, 3.3, 5.0
NORMAL_SHARE = 0.3  # of the normal rows of each copy are used


@dataclass(frozen=True)
class LabelledCopy:
    """A spoilt copy of a history, and for each row its label and its weight (0 = do not use)."""

    values: Floats
    is_event: Floats
    weight: Floats


def labelled_copies(values: Floats, count: int, seed: int, per_hour: float) -> list[LabelledCopy]:
    """So many copies of a clean history; every third with short events, the others with long ones."""
    return [_copy(values, seed + k, per_hour, SHORT if k % 3 == 0 else LONG) for k in range(count)]


def _copy(values: Floats, seed: int, per_hour: float, kinds: Plan) -> LabelledCopy:
    size = len(values)
    first = round(min(WARM_UP_HOURS * per_hour, WARM_UP * size))
    plan = Plan(kinds.kinds, (first, size), kinds.apart, per_hour)
    every = SHORT_EVERY if kinds is SHORT else LONG_EVERY
    spoilt, events = inject(values, max(2, round((size - first) / per_hour / every)), seed, plan)
    weight = _weights(events, size, per_hour, short=kinds is SHORT)
    rng = np.random.default_rng(seed)
    is_event = labels(events, size).astype(np.float64)
    weight[(is_event == 0) & (rng.random(size) > NORMAL_SHARE)] = 0
    weight[:first] = 0
    weight[np.isnan(spoilt)] = 0
    return LabelledCopy(spoilt, is_event, weight)


def _weights(events: list[Event], size: int, per_hour: float, *, short: bool) -> Floats:
    inside = labels(events, size).astype(np.float64)
    after = max_over(inside, round(AFTER_HOURS * per_hour) + 1) > 0
    weight = np.where(after, AFTER_WEIGHT, NORMAL_WEIGHT)
    weight[inside > 0] = SHORT_WEIGHT if short else LONG_WEIGHT
    for event in events:
        weight[event.end : event.end + round(GRACE_HOURS * per_hour)] = 0
        if event.kind == "drift":
            seen = event.start + round(SILENT * (event.end - event.start))
            weight[event.start : seen] = 0
            weight[seen : event.end] = DRIFT_WEIGHT
    return weight
