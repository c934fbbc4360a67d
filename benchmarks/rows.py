"""Rows of the table in docs/performance.md."""

from typing import Any

Row = dict[str, Any]


def row(
    name: str,
    ours: float | None,
    unit: str,
    goal: str = "",
    met: bool | None = None,
    *,
    peer: float | None = None,
    digits: int = 2,
) -> Row:
    """What was measured, beside what the peer needs for the same where there is one; `met` None: without a goal."""
    ratio = None if ours is None or peer is None else round(ours / peer, 3)
    shown = {"name": name, "ours": _rounded(ours, digits), "peer": _rounded(peer, digits), "ratio": ratio}
    return {**shown, "unit": unit, "goal": goal, "met": met if met is None else bool(met)}


def at_most(
    name: str, ours: float | None, unit: str, goal: float, *, peer: float | None = None, digits: int = 2
) -> Row:
    """The goal is one of the ratio where there is a peer; `ours` None meets none."""
    met = ours is not None and (ours if peer is None else ours / peer) <= goal
    return row(name, ours, unit, f"{_of_what(peer)}≤ {goal:.4g}", met, peer=peer, digits=digits)


def at_least(name: str, ours: float, unit: str, goal: float, *, peer: float | None = None, digits: int = 2) -> Row:
    """The goal is one of the ratio where there is a peer."""
    met = (ours if peer is None else ours / peer) >= goal
    return row(name, ours, unit, f"{_of_what(peer)}≥ {goal:.4g}", met, peer=peer, digits=digits)


def _of_what(peer: float | None) -> str:
    return "" if peer is None else "ratio "


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits or None)
