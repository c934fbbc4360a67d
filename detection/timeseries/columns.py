"""What a frame's columns are called: `pm2_5` is measured here, `pm2_5@gulberg` the same at the station gulberg."""

from __future__ import annotations

from collections.abc import Iterable

NEIGHBOUR = "@"


def neighbours_of(target: str, columns: Iterable[str]) -> list[str]:
    """The columns that hold the same variable at other stations."""
    return [name for name in columns if name.startswith(target + NEIGHBOUR)]


def companions_of(target: str, columns: Iterable[str]) -> list[str]:
    """The columns that hold other variables of the same station."""
    return [name for name in columns if name != target and NEIGHBOUR not in name]


def own(columns: Iterable[str]) -> list[str]:
    """The columns that hold what the station itself measures."""
    return [name for name in columns if NEIGHBOUR not in name]
