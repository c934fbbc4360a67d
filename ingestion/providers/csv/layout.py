"""What the columns of a file mean: which hold values, in which unit, and where the time comes from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from ingestion.aqi.units import UnknownUnitError, canonical_unit, convert

UNIT_IN_HEADER = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]+)[\])]\s*$")
GARBLED = ("\0", "\N{REPLACEMENT CHARACTER}")  # what UTF-16 and other encodings become when they are read as UTF-8
ALIASES = {"pm25": "pm2_5", "pm2_5": "pm2_5", "pm_2_5": "pm2_5", "pm_10": "pm10", "ozone": "o3"}


class LayoutError(ValueError):
    """The file is not laid out as it was described; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of values. A stored value is `scale` · given + `offset`, in `canonical`."""

    index: int
    code: str
    canonical: str
    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class Clock:
    """Where times come from: a column (its format, and the zone of naive times), or `start` and `every`."""

    column: str = ""
    format: str = ""  # as strptime has it; empty: ISO 8601 or seconds or milliseconds since 1970
    zone: tzinfo = UTC
    every: timedelta | None = None
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A file, understood: the time's column (None: counted from the start), the columns of values, and how many there
    are in all."""

    clock: Clock
    time_index: int | None
    columns: tuple[Column, ...]
    width: int


def understand(
    header: Sequence[str], sample: Sequence[Sequence[str]], clock: Clock, values: Sequence[str], unit: str
) -> Layout:
    """The layout of a file with this header and these first rows.

    `values` names the columns to take; none: all that hold a number. `unit` holds for all columns whose header names
    none in brackets. LayoutError for a column that is not there or a unit that cannot be converted.
    """
    time_index = _time_index(header, clock)
    wanted = [_index(header, name) for name in values] or _numeric(header, sample, time_index)
    if not wanted:
        raise LayoutError(f"No column holds numbers. There are: {', '.join(header)}.")
    columns = tuple(_column(header[index], index, unit) for index in wanted)
    _check_codes(columns)
    return Layout(clock, time_index, columns, len(header))


def code_of(name: str) -> str:
    """A variable's code from a column's name: `Air temperature` → `air_temperature`, `PM2.5` → `pm2_5`.

    Empty where the name has neither a letter a to z nor a digit.
    """
    code = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return ALIASES.get(code, code)


def is_garbled(title: str) -> bool:
    """Whether a column's title was written in another encoding than UTF-8."""
    return any(sign in title for sign in GARBLED)


def is_number(text: str) -> bool:
    """Whether `text` reads as a number (NaN and infinity do not count)."""
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _time_index(header: Sequence[str], clock: Clock) -> int | None:
    if clock.column:
        return _index(header, clock.column)
    if clock.every is None or clock.start is None:
        raise LayoutError("Name the column with the time, or give both a start and an interval.")
    return None


def _index(header: Sequence[str], name: str) -> int:
    if name not in header:
        raise LayoutError(f"There is no column {name!r}. There are: {', '.join(header)}.")
    return header.index(name)


def _numeric(header: Sequence[str], sample: Sequence[Sequence[str]], time_index: int | None) -> list[int]:
    """Columns that hold a number, but for one without a title: that is the row's number, as pandas writes it."""
    indexes = (index for index in range(len(header)) if index != time_index and header[index])
    return [index for index in indexes if any(len(row) > index and is_number(row[index]) for row in sample)]


def _column(title: str, index: int, unit: str) -> Column:
    found = UNIT_IN_HEADER.match(title)
    name, unit = (found["name"], found["unit"]) if found else (title, unit)
    code = code_of(name)
    if not code:
        raise LayoutError(f"Column {title!r} needs a name with letters a to z: its variable's code is made of them.")
    if is_garbled(title):
        raise LayoutError(f"The title {title!r} is not in UTF-8.")
    canonical = canonical_unit(unit, code)
    try:
        zero, one = convert([0.0, 1.0], unit or canonical, canonical, code).tolist()
    except UnknownUnitError as error:
        raise LayoutError(f"Column {title!r}: {error}") from None
    return Column(index, code, canonical, one - zero, zero)


def _check_codes(columns: Sequence[Column]) -> None:
    codes = [column.code for column in columns]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise LayoutError(f"Several columns would become {', '.join(twice)}. Name the columns to take.")
