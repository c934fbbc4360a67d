"""A CSV file as a frame to evaluate, with a clear sentence for whatever is wrong with it."""

from __future__ import annotations

import json
import re
import warnings
import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from detection import csv_errors
from detection.evaluation.protocol import regular
from detection.evaluation.remarks import check_interval, remarks
from detection.evaluation.times import read_times
from detection.timeseries.columns import NEIGHBOUR
from detection.timeseries.grid import LARGEST_VALUE
from detection.timeseries.injection import Event

FEWEST_VALUES = 2
UNTITLED = "Unnamed: "  # as pandas calls a column without a title
COMPRESSED = (".gz", ".bz2", ".xz", ".zip", ".zst")
HEAD = 4096  # bytes in which a file that is no text shows it
TOO_LONG = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
UNCLOSED = re.compile(r"EOF inside string starting at row (\d+)")  # counted from 0


@dataclass(frozen=True)
class Loaded:
    """A regular frame, and what its reader must know about the file, one sentence each."""

    frame: pd.DataFrame
    remarks: list[str]


def read_csv(path: Path, time: str, value: str, interval: timedelta, *, neighbours: list[str], alone: bool) -> Loaded:
    """The value column, its neighbours renamed VALUE@COLUMN, and all other numeric columns unless `alone`.

    Times without a zone are UTC. Of several rows in one interval the first counts. Raises ValueError.
    """
    table = _table(path)
    for name in (time, value, *neighbours):
        if name not in table:
            raise ValueError(csv_errors.no_column(path.name, name, [str(one) for one in table]))
    if twice := csv_errors.named_twice(path.name, _header(path), (time, value, *neighbours)):
        raise ValueError(twice)
    if table.empty:
        raise ValueError(f"{path.name} has a header and no row below it.")
    if own := {time, value}.intersection(neighbours):
        raise ValueError(f"--neighbours names {own.pop()!r}, which is a column of this series itself.")
    at = read_times(table[time])
    check_interval(at, interval)
    taken = {time, value, *neighbours}
    others = [] if alone else [name for name in table if name not in taken and _measures(table[name])]
    numbers = {value: _numbers(table[value])}
    numbers |= {f"{value}{NEIGHBOUR}{name}": _numbers(table[name]) for name in neighbours}
    numbers |= {str(name): _numbers(table[name]) for name in others}
    found = remarks(at, numbers[value], interval)
    frame = pd.DataFrame(numbers).set_axis(at)[at.notna()]
    frame = frame.where(frame.abs() <= LARGEST_VALUE)[~frame.index.duplicated()].sort_index()
    if (usable := int(frame[value].notna().sum())) < FEWEST_VALUES:
        first = next(map(str, table[value].dropna()), "")
        why = "there is nothing to learn from" if usable else csv_errors.no_number(first)
        raise ValueError(f"{path.name} has {'one' if usable else 'no'} usable value in {value!r}: {why}.")
    return Loaded(regular(frame, interval), found)


def _measures(column: pd.Series[Any]) -> bool:
    """Whether it holds numbers, and has a title: one without is the row's number, as pandas writes it."""
    is_titled = not str(column.name).startswith(UNTITLED)
    return is_titled and pd.api.types.is_numeric_dtype(column) and bool(column.notna().any())


def _table(path: Path) -> pd.DataFrame:
    try:
        return _parsed(path)
    except FileNotFoundError:
        raise ValueError(f"There is no file {path}.") from None
    except pd.errors.EmptyDataError:
        raise ValueError(csv_errors.empty(path.name)) from None
    except UnicodeDecodeError:
        raise ValueError(csv_errors.no_text(path.name)) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ValueError(_parted_otherwise(path) or _uneven(path.name, str(error))) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ValueError(f"{path.name} cannot be read: {reason}.") from None


def _parsed(path: Path) -> pd.DataFrame:
    """Without `index_col=False` pandas takes the first column of rows that are longer than the header for their names
    and gives each value to its neighbour's column; with it, it warns."""
    if path.suffix not in COMPRESSED and b"\0" in path.open("rb").read(HEAD):
        raise UnicodeDecodeError("utf-8", b"\0", 0, 1, "a byte that no text has")
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(path, index_col=False)


def _header(path: Path) -> list[str]:
    """The titles as they stand: in a table pandas counts those that come twice."""
    return pd.read_csv(path, index_col=False, header=None, nrows=1, dtype=str).iloc[0].astype(str).tolist()


def _parted_otherwise(path: Path) -> str:
    """The sentence for a file whose columns are parted by semicolons, its decimals by commas; empty for others."""
    try:
        return csv_errors.parted_otherwise(path.name, [str(name) for name in pd.read_csv(path, nrows=0)])
    except pd.errors.ParserError:
        return ""


def _uneven(name: str, error: str) -> str:
    """What pandas says in words of its own, as where to look and what to do there."""
    if found := TOO_LONG.search(error):
        wanted, line, fields = found.groups()
        return csv_errors.too_long(name, line, fields, wanted)
    if found := UNCLOSED.search(error):
        return f"A quote opens in line {int(found[1]) + 1} of {name} and never closes: close it, or take it out."
    return f"The first row below the header of {name} has more fields than the header: {csv_errors.MEND}."


def _numbers(column: pd.Series[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)


def read_windows(path: Path, index: pd.DatetimeIndex, name: str) -> list[Event]:
    """Labelled windows as events: a JSON list of [start, end], or a mapping of files to such lists (`name` is ours)."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"The windows in {path} cannot be read: {error}.") from None
    if isinstance(found, dict):
        found = _ours(found, name, path)
    try:
        edges = [(pd.Timestamp(a), pd.Timestamp(b)) for a, b in found]
    except (TypeError, ValueError):
        raise ValueError(f"{path.name} must hold a list of [start, end] times.") from None
    if not edges:
        raise ValueError(f"{path.name} holds no window: give some, or leave --windows out to have events put in.")
    return [_event(start, end, index) for start, end in edges]


def _ours(windows: dict[str, Any], name: str, path: Path) -> Any:
    """The list of the file called `name`, or the only one there is."""
    found = [edges for file, edges in windows.items() if PurePosixPath(file).name == name.removesuffix(".gz")]
    found = found or (list(windows.values()) if len(windows) == 1 else [])
    if not found:
        raise ValueError(f"{path.name} has windows of {len(windows)} files, and none is called {name}.")
    return found[0]


def _event(start: pd.Timestamp, end: pd.Timestamp, index: pd.DatetimeIndex) -> Event:
    start, end = (t.tz_localize("UTC") if t.tz is None else t.tz_convert("UTC") for t in (start, end))
    if not start <= end:  # also where one of them is missing
        raise ValueError(f"A window begins at {start} and ends at {end}: each is [start, end], in this order.")
    first, last = int(index.searchsorted(start)), int(index.searchsorted(end, side="right"))
    if first == last and 0 < first < len(index):  # between two readings: the nearer one is meant
        first = int(index.get_indexer(pd.DatetimeIndex([start + (end - start) / 2]), method="nearest")[0])
        last = first + 1
    return Event("window", first, last)
