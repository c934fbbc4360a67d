"""Reading one item of an answer: a number, a time, a set of components. Each refusal is a sentence."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from ingestion.aqi.units import UnknownUnitError, canonical_unit, convert
from ingestion.observation import Observation, Parsed, Rejected
from ingestion.quality.limits import is_sentinel

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(hours=1)  # a clock may be this far ahead; the quality step flags it then
SHOWN = 60  # characters of a bad value that a reason quotes
# What an item may break when it is not what it should be; everything else is a bug and must be seen.
BAD_ITEM = (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError)


class ItemError(ValueError):
    """This item, or this component of it, cannot be used; the message says why."""


def shown(value: object) -> str:
    """`value` as a reason may quote it: short, and plainly text or number."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def number(value: object) -> float:
    """`value` as a finite float. Text, truth values, NaN and infinities are refused with ItemError."""
    if type(value) is float and isfinite(value):  # nearly all, and asked for a million times
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ItemError("no value was given" if value is None else f"not a number: {shown(value)}")
    try:
        result = float(value)
    except OverflowError:
        raise ItemError(f"too large for a number: {shown(value)}") from None
    if not isfinite(result):
        raise ItemError(f"not a finite number: {shown(value)}")
    return result


def canonical(value: float, unit: str, code: str, kept: str = "") -> float:
    """`value` in the unit in which the variable is `kept`, or else the project keeps such; a sentinel stays itself."""
    if is_sentinel(value):
        return value
    try:
        return float(convert(value, unit, kept or canonical_unit(unit, code), code))
    except UnknownUnitError as error:
        raise ItemError(str(error)) from None


def components(given: Mapping[str, Any], codes: Iterable[tuple[str, str]]) -> tuple[dict[str, float], dict[str, str]]:
    """Values and refusals of `given`, by our code; `codes` pairs their name with ours.

    A component that is missing or no number is refused alone, its neighbours are kept.
    """
    values: dict[str, float] = {}
    rejected: dict[str, str] = {}
    for theirs, ours in codes:
        try:
            values[ours] = number(given[theirs])
        except KeyError:
            rejected[ours] = "missing in the answer"
        except ItemError as error:
            rejected[ours] = str(error)
    return values, rejected


def instant(value: object) -> datetime:
    """Aware UTC from seconds since 1970 or ISO 8601 text (naive text counts as UTC); else ItemError."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return datetime.fromtimestamp(number(value), UTC)
    except ItemError:
        raise ItemError(f"no usable time: {shown(value)}") from None
    except (ValueError, OverflowError, OSError):
        raise ItemError(f"not a time: {shown(value)}") from None


def plausible(at: datetime) -> datetime:
    """`at` to the millisecond, as the database keeps times; ItemError before 2000: that is a clock that was never set.

    Two times within one millisecond are one there: told apart here, the second would be stored for ever anew.
    """
    if at < EARLIEST:
        raise ItemError(f"the time {at:%Y-%m-%d %H:%M} UTC is before 2000")
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def not_in_future(at: datetime, now: datetime) -> datetime:
    """`at`, or ItemError where it lies farther ahead of `now` than a clock may be wrong."""
    if at > now + FUTURE_TOLERANCE:
        raise ItemError(f"the time {at:%Y-%m-%d %H:%M} UTC is in the future")
    return at


def read_each(items: Iterable[Any], read: Callable[[Any], Observation | None]) -> Parsed:
    """Every usable item as an observation; None is left out. A bad item is skipped, with its reason."""
    parsed = Parsed()
    for item in items:
        try:
            if observation := read(item):
                parsed.observations.append(observation)
        except BAD_ITEM as error:
            parsed.rejected.append(Rejected(item, why(error)))
    return parsed


def split_at(now: datetime, parsed: Parsed) -> Parsed:
    """What lies after `now` is no observation but a forecast."""
    observed = [one for one in parsed.observations if one.at <= now]
    return Parsed(observed, parsed.rejected, [one for one in parsed.observations if one.at > now])


def why(error: Exception) -> str:
    """A reason for people from whatever one bad item has raised."""
    if isinstance(error, ItemError):
        return str(error)
    if isinstance(error, KeyError):
        return f"the item has no {error.args[0]!r}"
    return "the item is not built as it should be"
