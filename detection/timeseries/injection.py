"""Labelled events put into a clean series, so that a detector can be counted against the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.timeseries.grid import Floats


@dataclass(frozen=True)
class Event:
    """One labelled event: the places `start` up to and without `end`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Recipe:
    """How one kind is made: its share of all events, its shortest and longest duration in hours, its change."""

    share: float
    hours: tuple[float, float]
    change: Callable[[Floats, np.random.Generator], Floats]


def _factor(rng: np.random.Generator, up: tuple[float, float], down: tuple[float, float]) -> float:
    low, high = up if rng.random() < 0.5 else down
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _spike_up(values: Floats, rng: np.random.Generator) -> Floats:
    return values * rng.uniform(1.9, 4.0)


def _spike_down(values: Floats, rng: np.random.Generator) -> Floats:
    return values * rng.uniform(0.2, 0.5)


def _shift(values: Floats, rng: np.random.Generator) -> Floats:
    return values * _factor(rng, (1.5, 2.5), (0.4, 0.67))


def _drift(values: Floats, rng: np.random.Generator) -> Floats:
    return values * _factor(rng, (1.8, 3.0), (0.33, 0.55)) ** np.linspace(0, 1, len(values))


def _stuck(values: Floats, rng: np.random.Generator) -> Floats:
    return np.full(len(values), values[np.isfinite(values)][0])


def _zero(values: Floats, rng: np.random.Generator) -> Floats:
    return np.round(rng.uniform(0.0, 2.0, len(values)), 2)


RECIPES: dict[str, Recipe] = {
    "spike_up": Recipe(0.19, (1, 3), _spike_up),
    "spike_down": Recipe(0.15, (1, 3), _spike_down),
    "shift": Recipe(0.22, (24, 72), _shift),
    "drift": Recipe(0.16, (72, 168), _drift),
    "stuck": Recipe(0.14, (6, 24), _stuck),
    "zero": Recipe(0.14, (3, 12), _zero),
}
APART = 48.0  # hours at least between two events
KNOWN = 0.8  # share of an event's readings that must be there before it is put in
TRIES = 200


@dataclass(frozen=True)
class Plan:
    """Where events go: kinds (all), places (all), hours between two, readings per hour."""

    kinds: tuple[str, ...] = tuple(RECIPES)
    within: tuple[int, int] | None = None
    apart: float = APART
    per_hour: float = 1.0


def inject(values: Floats, count: int, seed: int, plan: Plan = Plan()) -> tuple[Floats, list[Event]]:
    """A copy of a series with up to `count` events, and their labels in order of time."""
    rng = np.random.default_rng(seed)
    changed = values.copy()
    events: list[Event] = []
    for kind in _kinds(plan.kinds, count, rng):
        event = _placed(kind, values, events, rng, plan)
        if event is None:
            continue
        part = slice(event.start, event.end)
        made = RECIPES[kind].change(values[part], rng)
        changed[part] = np.where(np.isnan(values[part]), np.nan, made)
        events.append(event)
    return changed, sorted(events, key=lambda event: event.start)


def labels(events: list[Event], size: int) -> NDArray[np.bool_]:
    """Which places lie inside an event. Shape (size,)."""
    inside = np.zeros(size, dtype=bool)
    for event in events:
        inside[event.start : event.end] = True
    return inside


def _kinds(kinds: tuple[str, ...], count: int, rng: np.random.Generator) -> list[str]:
    """So many kinds in their shares, the longest first, because they are the hardest to place."""
    shares = np.array([RECIPES[kind].share for kind in kinds])
    sure = np.floor(shares / shares.sum() * count).astype(int)
    left = rng.choice(len(kinds), count - sure.sum(), p=shares / shares.sum())
    picked = [*np.repeat(np.arange(len(kinds)), sure), *left]
    return sorted((kinds[i] for i in picked), key=lambda kind: -RECIPES[kind].hours[1])


def _placed(kind: str, values: Floats, events: list[Event], rng: np.random.Generator, plan: Plan) -> Event | None:
    """An event of a kind at a free place with enough readings, or None after TRIES."""
    first, last = plan.within or (0, len(values))
    low, high = RECIPES[kind].hours
    apart = round(plan.apart * plan.per_hour)
    for _ in range(TRIES):
        length = max(1, round(rng.uniform(low, high) * plan.per_hour))
        if last - first <= length:
            return None
        start = int(rng.integers(first, last - length))
        free = all(start - apart >= e.end or start + length + apart <= e.start for e in events)
        if free and np.isfinite(values[start : start + length]).mean() >= KNOWN:
            return Event(kind, start, start + length)
    return None
