"""Reading the benchmark's series and their labelled windows."""

import csv
import gzip
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.nab.scoring import Labelled

HERE = Path(__file__).resolve()
DEFAULT_FOLDER = HERE.parents[3] / "shared" / "data" / "nab"
LABELS = "combined_windows.json"


@dataclass(frozen=True)
class NabSeries:
    """A series of the corpus: local naive times as seconds, values, and its labels."""

    labels: Labelled
    seconds: NDArray[np.float64]
    values: NDArray[np.float64]


def load(folder: Path = DEFAULT_FOLDER) -> list[NabSeries]:
    """Every series of `folder` that the label file names and that is there, in the label file's order."""
    windows = json.loads((folder / LABELS).read_text())
    found = [(name, _file(folder, name)) for name in windows]
    return [_read(name, path, windows[name]) for name, path in found if path is not None]


def _file(folder: Path, name: str) -> Path | None:
    candidates = (folder / name, folder / f"{name}.gz")
    return next((path for path in candidates if path.is_file()), None)


def _read(name: str, path: Path, windows: list[list[str]]) -> NabSeries:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="") as stream:
        rows = [(_seconds(row["timestamp"]), float(row["value"])) for row in csv.DictReader(stream)]
    table = np.array(rows, dtype=np.float64)
    spans = tuple(_span(table[:, 0], _seconds(first), _seconds(last)) for first, last in windows)
    return NabSeries(Labelled(name, len(table), spans), table[:, 0], table[:, 1])


def _span(seconds: NDArray[np.float64], first: float, last: float) -> tuple[int, int]:
    inside = np.flatnonzero((seconds >= first) & (seconds <= last))
    return int(inside[0]), int(inside[-1])


def _seconds(stamp: str) -> float:
    """Local naive time, read as if it were UTC: only differences matter."""
    return datetime.fromisoformat(f"{stamp}+00:00").timestamp()
