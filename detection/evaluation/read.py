"""A CSV file as a frame to evaluate, with a clear sentence for whatever is wrong with it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from detection.detectors.injection import Event
from detection.detectors.relations import NEIGHBOUR
from detection.evaluation.protocol import regular


def read_csv(
    path: Path, time: str, value: str, interval: timedelta, *, neighbours: list[str], alone: bool
) -> pd.DataFrame:
    """The value column, its neighbours renamed VALUE@COLUMN, and all other numeric columns unless `alone`.

    Times without a zone are UTC. Of several rows in one interval the first counts. Raises ValueError.
    """
    table = _table(path)
    for name in (time, value, *neighbours):
        if name not in table:
            raise ValueError(f"{path.name} has no column {name!r}; it has: {', '.join(map(str, table))}.")
    at = pd.to_datetime(table[time], utc=True, errors="coerce", format="mixed")
    if at.isna().all():
        raise ValueError(f"No value of the column {time!r} can be read as a time.")
    others = [] if alone else [name for name in table if name not in {time, value, *neighbours}]
    numbers = {value: _numbers(table[value])}
    numbers |= {f"{value}{NEIGHBOUR}{name}": _numbers(table[name]) for name in neighbours}
    numbers |= {str(name): _numbers(table[name]) for name in others if pd.api.types.is_numeric_dtype(table[name])}
    frame = pd.DataFrame(numbers).set_axis(pd.DatetimeIndex(at, name="at"))[at.notna().to_numpy()]
    frame = frame[~frame.index.duplicated()].sort_index()
    if frame[value].notna().sum() < 2:
        raise ValueError(f"{path.name} has {int(frame[value].notna().sum())} usable values in {value!r}.")
    return regular(frame, interval)


def _table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except FileNotFoundError:
        raise ValueError(f"There is no file {path}.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no CSV table: {error}.") from None


def _numbers(column: pd.Series[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)


def read_windows(path: Path, index: pd.DatetimeIndex) -> list[Event]:
    """Labelled windows as events: a JSON list of [start, end], or a mapping with one such list."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"The windows in {path} cannot be read: {error}.") from None
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [])
    try:
        edges = [(pd.Timestamp(a), pd.Timestamp(b)) for a, b in found]
    except (TypeError, ValueError):
        raise ValueError(f"{path.name} must hold a list of [start, end] times.") from None
    return [_event(start, end, index) for start, end in edges]


def _event(start: pd.Timestamp, end: pd.Timestamp, index: pd.DatetimeIndex) -> Event:
    start, end = (t.tz_localize("UTC") if t.tz is None else t.tz_convert("UTC") for t in (start, end))
    return Event("window", int(index.searchsorted(start)), int(index.searchsorted(end, side="right")))
