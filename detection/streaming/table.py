"""A time and a value column of a CSV file in, one anomaly score per row out. No Django here."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf, nan
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from detection import csv_errors
from detection.digit_dates import first_digit_date
from detection.streaming.engine import ABSURD
from detection.streaming.rarity import BLOCK

SCORE_COLUMN = "anomaly_score"
FEWEST_ROWS = 2
LONG_GAP = 10.0  # usual steps
MILLISECONDS_FROM = 1e11  # a bare number this large counts milliseconds since the epoch, not seconds
NO_TIME_FROM = 1e14  # nor milliseconds: it would lie thousands of years ahead
LIKE = "write times like 2025-01-31 13:00:00"

Floats = NDArray[np.float64]


class TableError(ValueError):
    """The file cannot be scored; the message says in one sentence why and what to do."""


@dataclass(frozen=True)
class Table:
    """The two columns as written, and read: seconds since the epoch and values (NaN = no number)."""

    header: tuple[str, str]
    texts: list[tuple[str, str]]
    seconds: Floats
    values: Floats


def read_table(path: Path, time: str, value: str) -> Table:
    """Read columns `time` and `value` of a CSV file (plain or .gz, UTF-8, with a header), in the file's order.

    Times are ISO 8601 (local or with an offset) or seconds since the epoch. Raises TableError.
    """
    try:
        with _opened(path) as stream:
            texts = list(_texts(csv.DictReader(stream), path, time, value))
    except FileNotFoundError:
        raise TableError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise TableError(csv_errors.no_text(str(path))) from None
    except (OSError, EOFError, csv.Error, zlib.error) as error:
        raise TableError(f"{path} cannot be read as a CSV file in UTF-8: {error}.") from error
    if digits := first_digit_date(text for text, _ in texts):
        raise TableError(f"{digits} in the column {time!r} may be a date or seconds since 1970: {LIKE}.")
    seconds = np.array([_seconds(text[0], row) for row, text in enumerate(texts, start=1)])
    values = np.array([_number(text[1]) for text in texts])
    _check_enough(path, value, values, [text for _, text in texts])
    return Table((time, value), texts, seconds, values)


def write_scores(path: Path, table: Table, scores: Floats) -> None:
    """Write both columns as they stood, and `anomaly_score`, one line per row of the file. Raises TableError."""
    try:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow([*table.header, SCORE_COLUMN])
            writer.writerows([*text, f"{score:.6f}"] for text, score in zip(table.texts, scores, strict=True))
    except OSError as error:
        raise TableError(f"The scores cannot be written to {path}: {error.strerror}.") from error


def remarks(table: Table) -> list[str]:
    """What the reader of the scores should know about the data, one sentence each."""
    found = [*_value_remarks(table), *_time_remarks(table.seconds)]
    if len(table.values) < 2 * BLOCK:
        found.append(f"Only {len(table.values)} rows: the first {BLOCK} score 0 for want of a past, the next are weak.")
    return found


def most_unusual(scores: Floats, probation: float, count: int) -> list[int]:
    """Row numbers (from 0) of the highest scores after the first `probation` share of the rows, highest first."""
    first = int(probation * len(scores))
    best = np.argsort(-scores[first:], kind="stable")[:count] + first
    return [int(row) for row in best if scores[row] > 0]


def _opened(path: Path) -> IO[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    return cast("IO[str]", opener(path, "rt", newline="", encoding="utf-8-sig"))


def _texts(reader: "csv.DictReader[str]", path: Path, time: str, value: str) -> Iterator[tuple[str, str]]:
    columns = reader.fieldnames
    if not columns:
        raise TableError(csv_errors.empty(str(path)))
    for column in (time, value):
        if column not in columns:
            raise TableError(csv_errors.no_column(str(path), column, columns))
    if twice := csv_errors.named_twice(str(path), columns, (time, value)):
        raise TableError(twice)
    for row in reader:
        if any(beyond := row.get(None, ())):  # where csv puts what has no column
            raise TableError(csv_errors.too_long(str(path), reader.line_num, len(columns) + len(beyond), len(columns)))
        yield row[time] or "", row[value] or ""


def _seconds(text: str, row: int) -> float:
    try:
        number = float(text)
        if abs(number) < NO_TIME_FROM:
            return number / 1000.0 if abs(number) >= MILLISECONDS_FROM else number
    except ValueError:
        pass
    try:
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        raise TableError(f"Row {row}: {text!r} is no time; write it like 2025-01-31 13:00:00.") from None
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan


def _check_enough(path: Path, value: str, values: Floats, texts: list[str]) -> None:
    if len(values) < FEWEST_ROWS:
        rows = "no row" if not len(values) else "one row"
        raise TableError(f"{path} has {rows}: a score needs values that came before, a few hundred at best.")
    if np.isnan(values).all():
        why = csv_errors.no_number(next((text for text in texts if text), ""))
        raise TableError(f"Column {value!r} of {path} holds no number in any of its {len(values)} rows: {why}.")


def _value_remarks(table: Table) -> Iterator[str]:
    missing = np.isnan(table.values)
    if missing.any():
        yield f"Values that are no number: {missing.sum()} of {len(missing)}; they score 0 and are not learnt."
    absurd = np.abs(np.where(missing, 0.0, table.values)) > ABSURD
    if absurd.any():
        yield f"Values beyond ±{ABSURD:g}: {absurd.sum()}; they score 1 and are not learnt."
    rest = table.values[~missing & ~absurd]
    if len(rest) and rest.min() == rest.max():
        yield f"The value never changes ({rest[0]:g}): nothing but a stuck sensor can be seen in it."


def _time_remarks(seconds: Floats) -> Iterator[str]:
    steps = np.diff(seconds)
    back, same = int((steps < 0).sum()), len(seconds) - len(np.unique(seconds))
    if back:
        yield f"Rows that go back in time: {back}; every row is scored, in the file's order."
    if same:
        yield f"Rows that repeat the time of another: {same}; each gets a score of its own."
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else inf
    longest = float(steps.max(initial=0.0))
    if longest > LONG_GAP * usual:
        yield f"The longest gap is {longest / 3600:.1f} hours, the usual step {usual / 60:.1f} minutes."
