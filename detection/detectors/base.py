"""The contract of every detector: what is unusual, and by how much, without a threshold."""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from datetime import timedelta
from importlib.metadata import version
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from detection.timeseries.grid import HOUR, Floats, Grid, NotEnoughDataError

FORMAT = 4  # 1: the first; 2: what was learnt weighs the shape of the day; 3 and 4: classes in other modules
MAGIC = b"aqi-detector "
LIBRARIES = ("numpy", "scikit-learn")  # whose objects a saved detector may hold
KARACHI = "Asia/Karachi"
FEWEST_DAYS = 3  # a shorter history shows no daily rhythm


class Detector(ABC):
    """Learns what is usual for one variable of a frame and says how unusual each reading is.

    `fit(frame)` learns. `score(frame)` gives one float per row, higher = more unusual, NaN = not enough
    data; the score of a row depends on rows up to it only. `score_newest` gives the same for the last rows
    and does not need more than `memory` before them. Frames are sorted, unique, in UTC; see `check_frame`.
    """

    kind: ClassVar[str]
    memory: ClassVar[timedelta] = timedelta(0)

    def __init__(self, target: str, *, interval: timedelta = HOUR, zone: str = KARACHI, seed: int = 0) -> None:
        self.target = target
        self.interval = interval
        self.zone = zone
        self.seed = seed
        self.fitted = False

    def fit(self, frame: pd.DataFrame) -> Self:
        """Learn from a frame. Raises ValueError for a bad frame, NotEnoughDataError for a short one."""
        grid = self._grid(frame)
        known = int(np.isfinite(self._target(grid)).sum())
        needed = FEWEST_DAYS * grid.day
        if known < needed:
            raise NotEnoughDataError(
                f"{self.target} has {known} usable readings; {self.kind} needs {needed} ({FEWEST_DAYS} days)."
            )
        return self.fit_grid(grid)

    def fit_grid(self, grid: Grid) -> Self:
        """Learn from a grid that holds enough."""
        self._fit(grid)
        self.fitted = True
        return self

    def score(self, frame: pd.DataFrame) -> Floats:
        """How unusual each row is. Shape (len(frame),)."""
        grid = self._grid(frame)
        return grid.to_rows(self.score_grid(grid, 0)) if grid.size else np.empty(0)

    def score_newest(self, frame: pd.DataFrame, rows: int = 1) -> Floats:
        """The scores of the last rows alone, equal to the end of `score(frame)`."""
        rows = min(rows, len(frame))
        if not rows:
            return np.empty(0)
        since = frame.index[-rows] - self.memory - self.interval
        grid = self._grid(frame.iloc[frame.index.searchsorted(since) :])
        return grid.to_rows(self.score_grid(grid, max(int(grid.rows[-rows]), 0)))[-rows:]

    def score_grid(self, grid: Grid, first: int) -> Floats:
        """Scores on a grid; places before `first` may be NaN. Shape (grid.size,)."""
        if not self.fitted:
            raise ValueError(f"{self.kind} has not been fitted yet: call fit(frame) first.")
        scores = np.full(grid.size, np.nan)
        scores[first:] = self._score(grid, first)
        return scores

    def save(self) -> bytes:
        """The fitted detector as bytes with a format version, to be signed before they are stored."""
        libraries = {name: version(name) for name in LIBRARIES}
        payload = {"kind": self.kind, "libraries": libraries, "state": self._state()}
        return MAGIC + f"{FORMAT}\n".encode() + pickle.dumps(payload)

    @classmethod
    def load(cls, data: bytes) -> Self:
        """What `save` gave; only signed bytes! Raises ValueError for another format, kind or library."""
        head, _, body = data.partition(b"\n")
        if head != MAGIC + str(FORMAT).encode():
            raise ValueError(f"This is no saved detector of format {FORMAT}: train it anew.")
        payload = _unpacked(body)
        if payload["kind"] != cls.kind:
            raise ValueError(f"The bytes hold a {payload['kind']}, not a {cls.kind}.")
        for name, saved in payload["libraries"].items():
            if saved != version(name):
                raise ValueError(f"Saved with {name} {saved}, here is {version(name)}: train it anew.")
        detector = cls.__new__(cls)
        detector.__dict__.update(payload["state"])
        return detector

    def _state(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def _grid(self, frame: pd.DataFrame) -> Grid:
        if self.target not in frame:
            raise ValueError(f"The frame has no column {self.target!r}; it has: {', '.join(map(str, frame))}.")
        return Grid.of(frame, self.interval)

    def _target(self, grid: Grid) -> Floats:
        return grid.values[self.target]

    @abstractmethod
    def _fit(self, grid: Grid) -> None:
        """Learn from a grid with enough readings of the target."""

    @abstractmethod
    def _score(self, grid: Grid, first: int) -> Floats:
        """Scores of the places from `first` on. Shape (grid.size - first,)."""


def _unpacked(body: bytes) -> Any:
    try:
        return pickle.loads(body)  # noqa: S301  the caller has checked the signature
    except ModuleNotFoundError as error:
        raise ValueError(f"Saved with {error.name}, which is not installed here: train it anew.") from None
