"""Opening files: plain or gzip, one or a whole folder, whatever separates their columns. Rows are streamed."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TextIO, cast

from ingestion.observation import Observation, Rejected
from ingestion.providers.csv.layout import Clock, Layout, LayoutError, is_garbled, understand
from ingestion.providers.csv.parse import parse

ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt")
DELIMITERS = ",;\t|"
DECIMAL_COMMA = re.compile(r"^(\s*[+-]?\d+),(\d+(?:[eE][+-]?\d+)?\s*)$")
SAMPLE_ROWS = 5_000  # that tell which columns hold numbers: a sensor may have been added after months
DAMAGED = (csv.Error, EOFError, zlib.error, gzip.BadGzipFile)  # an archive that breaks off, a quote that never ends

FileRow = tuple[Layout, Observation | Rejected]


def files_of(path: Path) -> list[Path]:
    """The file, or the folder's CSV files sorted by name. LayoutError if there is nothing to read."""
    if path.is_file():
        return [path]
    found = sorted(one for one in path.glob("*") if one.name.endswith(ENDINGS)) if path.is_dir() else []
    if not found:
        raise LayoutError(f"{path} is neither a file nor a folder with {', '.join(ENDINGS)} files.")
    return found


def read(path: Path, clock: Clock, values: Sequence[str] = (), unit: str = "") -> Iterator[FileRow]:
    """Every row of a file or of all files of a folder, with the layout of its file.

    Where times are counted, the counting runs on from file to file. LayoutError where a file is damaged, after what
    comes before the damage.
    """
    for file in files_of(path):
        read_rows = 0
        try:
            with open_text(file) as lines:
                for layout, result in _read_file(lines, file.name, clock, values, unit):
                    yield layout, result
                    read_rows += 1
        except DAMAGED as error:
            raise LayoutError(f"{file.name} is damaged after {read_rows} rows that can be read: {error}") from None
        if clock.start is not None and clock.every is not None:
            clock = Clock(start=clock.start + read_rows * clock.every, every=clock.every)


def _read_file(lines: TextIO, name: str, clock: Clock, values: Sequence[str], unit: str) -> Iterator[FileRow]:
    rows = _rows(lines)
    try:
        header = [title.strip() for title in next(rows)]
        sample, rest = _sampled(rows)
        layout = understand(header, sample, clock, values, unit)
    except StopIteration:
        raise LayoutError(f"{name} is empty.") from None
    except LayoutError as error:
        raise LayoutError(_no_text(name, header) or f"{name}: {error}") from None
    for result in parse(chain(sample, rest), layout, datetime.now(UTC)):
        yield layout, result


def _no_text(name: str, header: Sequence[str]) -> str:
    """The sentence where titles are in another encoding; empty for others."""
    return f"{name} is no text in UTF-8: save the table as CSV in UTF-8." if any(map(is_garbled, header)) else ""


def _sampled(rows: Iterator[list[str]]) -> tuple[list[list[str]], Iterator[list[str]]]:
    """The first rows, and those after them, which begin with the damage where there is one so early."""
    sample: list[list[str]] = []
    try:
        for row in islice(rows, SAMPLE_ROWS):
            sample.append(row)  # noqa: PERF402 - what came before the damage is kept
    except DAMAGED as error:
        return sample, _damage(error)
    return sample, rows


def _damage(error: Exception) -> Iterator[list[str]]:
    raise error
    yield


def _rows(lines: TextIO) -> Iterator[list[str]]:
    """Rows that are not blank, split by the delimiter that the first line uses most."""
    first = lines.readline()
    delimiter = max(DELIMITERS, key=first.count)
    rows = (row for row in csv.reader(chain([first], lines), delimiter=delimiter) if any(row))
    return map(_with_points, rows) if delimiter == ";" else rows


def _with_points(row: list[str]) -> list[str]:
    """The row with decimal points: programs write semicolons where the comma is taken by decimals."""
    return [DECIMAL_COMMA.sub(r"\1.\2", cell) for cell in row]


def open_text(file: Path) -> TextIO:
    """A text file; a byte order mark is skipped, and what is not UTF-8 becomes a replacement sign."""
    opened = gzip.open if file.suffix == ".gz" else open
    return cast(TextIO, opened(file, "rt", encoding="utf-8-sig", errors="replace", newline=""))
