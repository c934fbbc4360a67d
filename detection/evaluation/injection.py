"""Labelled events put into a clean series, so that a detector can be counted against the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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


def inject(
    values: Floats, count: int, seed: int, *, per_hour: float = 1.0, within: tuple[int, int] | None = None
) -> tuple[Floats, list[Event]]:
    """A copy of a series with up to `count` events inside the places `within`, and their labels in order.

    The kinds come in the shares of RECIPES, at random places at least APART hours from each other.
    """
    rng = np.random.default_rng(seed)
    changed, events = values.copy(), []
    for kind in _kinds(count, rng):
        event = _placed(kind, values, events, rng, per_hour, within or (0, len(values)))
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


def _kinds(count: int, rng: np.random.Generator) -> list[str]:
    """So many kinds in their shares (at least one of each where there is room), shuffled, the longest first."""
    shares = np.array([recipe.share for recipe in RECIPES.values()])
    wanted = shares / shares.sum() * count
    whole = np.floor(wanted + rng.random())
    picked = [kind for kind, n in zip(RECIPES, whole, strict=True) for _ in range(int(n))]
    return sorted(picked, key=lambda kind: -RECIPES[kind].hours[1])


def _placed(
    kind: str, values: Floats, events: list[Event], rng: np.random.Generator, per_hour: float, within: tuple[int, int]
) -> Event | None:
    """An event of a kind at a free place with enough readings, or None after TRIES."""
    low, high = RECIPES[kind].hours
    apart = round(APART * per_hour)
    for _ in range(TRIES):
        length = max(1, round(rng.uniform(low, high) * per_hour))
        if within[1] - within[0] <= length:
            return None
        start = int(rng.integers(within[0], within[1] - length))
        free = all(start - apart >= e.end or start + length + apart <= e.start for e in events)
        if free and np.isfinite(values[start : start + length]).mean() >= KNOWN:
            return Event(kind, start, start + length)
    return None
