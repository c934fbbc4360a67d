"""Reading rows: times in any form, numbers with their units; a bad row is skipped with its reason."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from ingestion.observation import Observation, Rejected
from ingestion.providers.csv.layout import Clock, Column, Layout, LayoutError, is_number
from ingestion.providers.items import BAD_ITEM, ItemError, not_in_future, plausible, shown, why
from ingestion.quality.limits import is_sentinel

NAME = "file"
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
USUAL_TIMES = "ISO 8601, seconds since 1970, or what --format says"
MILLISECONDS_FROM = 1e11  # seconds since 1970 reach this in the year 5138


def parse(rows: Iterable[Sequence[str]], layout: Layout, now: datetime) -> Iterator[Observation | Rejected]:
    """An observation or a refusal for every row, in the file's order."""
    before = after = None
    for position, row in enumerate(rows):
        try:
            observation = _read_row(row, position, layout, now, after)
            after = observation.at if before is not None and observation.at > before else None
            before = observation.at
            yield observation
        except BAD_ITEM as error:
            yield Rejected(list(row), why(error))


def _read_row(row: Sequence[str], position: int, layout: Layout, now: datetime, after: datetime | None) -> Observation:
    if any(row[layout.width :]):  # which of its commas is a decimal one, nobody can tell
        raise ItemError(f"the row has {len(row)} fields and the header {layout.width}")
    at = not_in_future(plausible(_time(row, position, layout, after)), now)
    values: dict[str, float] = {}
    rejected: dict[str, str] = {}
    for column in layout.columns:
        try:
            values[column.code] = _value(row, column)
        except ItemError as error:
            rejected[column.code] = str(error)
    if not values:
        raise ItemError("no column holds a number")
    return Observation(at, values, NAME, list(row), rejected)


def _value(row: Sequence[str], column: Column) -> float:
    text = row[column.index].strip() if column.index < len(row) else ""
    if text.lower() in MISSING:
        raise ItemError("no value was given")
    if not is_number(text):
        raise ItemError(f"not a number: {shown(text)}")
    value = float(text)
    return value if is_sentinel(value) else column.scale * value + column.offset


def _time(row: Sequence[str], position: int, layout: Layout, after: datetime | None) -> datetime:
    if layout.time_index is None:
        return _counted(layout.clock, position)
    text = row[layout.time_index].strip() if layout.time_index < len(row) else ""
    if not text:
        raise ItemError("the row has no time")
    try:
        return read_time(text, layout.clock, after)
    except ItemError:
        raise
    except (ValueError, OverflowError, OSError):
        wanted = f"in the format {layout.clock.format}" if layout.clock.format else USUAL_TIMES
        raise ItemError(f"not a time: {shown(text)} (expected {wanted})") from None


def _counted(clock: Clock, position: int) -> datetime:
    if clock.start is None or clock.every is None:
        raise LayoutError("A file without times needs a start and an interval.")
    return clock.start + position * clock.every


def read_time(text: str, clock: Clock, after: datetime | None) -> datetime:
    """Aware UTC from the file's own notation. ValueError where it does not fit, ItemError where clocks leap over it.

    Of a local time that clocks show twice the later is meant where the earlier is not `after` the row before; None
    where rows do not run forward.
    """
    if clock.format:
        at = datetime.strptime(text, clock.format)  # noqa: DTZ007 - the zone follows
    elif is_number(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= MILLISECONDS_FROM else seconds, UTC)
    else:
        at = datetime.fromisoformat(text)
    if at.tzinfo:
        return at.astimezone(UTC)
    first, second = (at.replace(tzinfo=clock.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        raise ItemError(f"clocks in {clock.zone} leap over this time: {shown(text)}")
    return second if after is not None and first <= after < second else first
