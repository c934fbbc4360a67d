"""Rows of files as readings of a station: what the station and its variables are, and storing batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from statistics import median

from ingestion.models import Station
from ingestion.observation import Observation, Rejected
from ingestion.providers.csv.client import DAMAGED, FileRow, files_of, open_text
from ingestion.providers.csv.layout import Column, Layout, LayoutError
from ingestion.storing.aside import OWN_SENSORS
from ingestion.storing.catalogue import ensure_pollutants, ensure_variable
from ingestion.storing.store import BATCH, Stored, store

SAMPLE = 1_000  # rows from which the interval is read
TWICE = "the file holds this time before with other values; the first are kept"


@dataclass(slots=True)
class Tally:
    """What became of the rows."""

    new: int = 0
    corrected: int = 0
    known: int = 0
    rejected: int = 0

    def add(self, done: Stored) -> None:
        self.new += len(done.inserted)
        self.corrected += len(done.revised)
        self.known += done.unchanged
        self.rejected += done.rejected


def first_usable(rows: Iterable[FileRow]) -> list[FileRow]:
    """So many rows from where the first can be used, and none before them: a sensor may be silent for years.

    LayoutError where there is none: a station that nothing will ever be read of must not begin to exist.
    """
    left, refused, why = iter(rows), 0, ""
    for layout, one in left:
        if isinstance(one, Observation):
            return [(layout, one), *islice(left, SAMPLE - 1)]
        refused, why = refused + 1, why or one.reason
    if not refused:
        raise LayoutError("There are no rows to import.")
    raise LayoutError(f"None of {refused} rows can be used. The first: {why}.")


def ensure_station(slug: str, sample: Sequence[FileRow], every: timedelta | None, zone: str) -> Station:
    """The station of that slug with the variables of the file; created where it is missing. LayoutError if it is fed
    by somebody else, or if a variable is kept in another unit."""
    existing = Station.objects.filter(slug=slug).first()
    if existing is not None and existing.provider not in OWN_SENSORS:
        name = existing.get_provider_display()
        raise LayoutError(f"{slug} gets its readings from: {name}. Sources are never mixed: choose another --station.")
    ensure_pollutants()
    _ensure_variables(sample[0][0])
    if existing is not None:
        return existing
    interval = every or usual_interval([one.at for _, one in sample if isinstance(one, Observation)])
    given = {"name": slug, "timezone": zone, "provider": Station.Provider.FILE, "expected_interval": interval}
    return Station.objects.create(slug=slug, **given)


def _ensure_variables(layout: Layout) -> None:
    for column in layout.columns:
        _ensure_variable(column)


def _ensure_variable(column: Column) -> None:
    variable = ensure_variable(column.code, column.canonical)
    if column.canonical and variable.unit != column.canonical:
        raise LayoutError(
            f"{column.code} is kept in {variable.unit or 'no unit'} here, and {column.canonical} cannot be compared "
            "with that. Rename the column, or change the unit."
        )


def usual_interval(times: Sequence[datetime]) -> timedelta:
    """The median distance of times; an hour where there are fewer than two."""
    steps = [(b - a).total_seconds() for a, b in pairwise(sorted(set(times)))]
    return timedelta(seconds=round(median(steps), 3)) if steps else timedelta(hours=1)


def store_rows(station: Station, rows: Iterable[FileRow], tell: Callable[[int], object]) -> Tally:
    """Store all rows in batches; `tell` hears how many were done."""
    tally, once = Tally(), _once(rows)
    while batch := list(islice(once, BATCH)):
        observations = [one for one in batch if isinstance(one, Observation)]
        rejected = [one for one in batch if isinstance(one, Rejected)]
        tally.add(store(station, observations, rejected))
        tell(len(batch))
    return tally


def _once(rows: Iterable[FileRow]) -> Iterator[Observation | Rejected]:
    """The rows without second ones for the same time in one file, so that importing it again changes nothing."""
    seen: dict[datetime, int] = {}
    of_file: Layout | None = None
    for layout, one in rows:
        if layout is not of_file:
            seen, of_file = {}, layout
            _ensure_variables(layout)  # a later file of a folder may have columns that the first has not
        if isinstance(one, Rejected):
            yield one
            continue
        values = hash(tuple(one.values.values()))
        same = seen.setdefault(one.at, values) == values
        yield one if same else Rejected(one.raw, TWICE)


def count_rows(path: Path) -> int:
    """How many rows the file or the folder holds, by lines; what is damaged is told when it is read."""
    total = 0
    for file in files_of(path):
        with open_text(file) as lines, suppress(*DAMAGED):
            total += max(0, sum(1 for _ in lines) - 1)
    return total
