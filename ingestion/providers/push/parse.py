"""Reading pushed items: {"station", "timestamp", "values": {code: number}, "units": {code: unit}}.

`units` is optional: a value without one is in its variable's canonical unit, another is converted to that, and one
that cannot be is refused. Each item gets an answer of its own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ingestion.observation import Observation, Rejected
from ingestion.providers.items import (
    BAD_ITEM,
    ItemError,
    canonical,
    instant,
    not_in_future,
    number,
    plausible,
    shown,
    why,
)

NAME = "push"
MOST_VALUES = 64  # per item
NOTHING_KNOWN: Mapping[str, str] = MappingProxyType({})
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pushed:
    """One item that can be stored: the slug of its station, what was observed, and the units that its values had."""

    station: str
    observation: Observation
    units: Mapping[str, str]


def parse(items: Iterable[Any], now: datetime, kept: Mapping[str, str] = NOTHING_KNOWN) -> list[Pushed | Rejected]:
    """One answer per item, in order. An item of which no value can be used is refused; others keep what can.

    `kept`: the unit of each variable that is known.
    """
    return [_answer(item, now, kept) for item in items]


def _answer(item: Any, now: datetime, kept: Mapping[str, str]) -> Pushed | Rejected:
    try:
        return _read_item(item, now, kept)
    except BAD_ITEM as error:
        return Rejected(item, why(error))


def _read_item(item: dict[str, Any], now: datetime, kept: Mapping[str, str]) -> Pushed:
    station = item["station"]
    if not isinstance(station, str) or not station:
        raise ItemError(f"no usable station: {shown(station)}")
    at = not_in_future(plausible(_time(item["timestamp"])), now)
    units = item.get("units") or {}
    values, rejected = _values(item["values"], units, kept)
    if not values:
        raise ItemError(f"no value can be used: {'; '.join(f'{code}: {why}' for code, why in rejected.items())}")
    return Pushed(station, Observation(at, values, NAME, None, rejected), units)


def _time(value: Any) -> datetime:
    if isinstance(value, str) and not OFFSET.search(value):
        raise ItemError(f"the time {shown(value)} has no offset: end it with Z or +05:00")
    return instant(value)


def _values(
    given: Mapping[str, Any], units: Mapping[str, str], kept: Mapping[str, str]
) -> tuple[dict[str, float], dict[str, str]]:
    if not 0 < len(given) <= MOST_VALUES:
        raise ItemError(f"'values' holds {len(given)} values; 1 to {MOST_VALUES} can be taken")
    values: dict[str, float] = {}
    rejected: dict[str, str] = {}
    for code, value in given.items():
        if CODE.fullmatch(code) is None:
            raise ItemError(f"{shown(code)} is no variable's code: use small letters, digits and _")
        try:
            found, unit = number(value), units.get(code)
            values[code] = found if unit is None else canonical(found, unit, code, kept.get(code, ""))
        except ItemError as error:
            rejected[code] = str(error)
    return values, rejected
