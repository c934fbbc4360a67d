"""What `aqi` returns: arrays, and one row of them in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingestion.aqi.table import Floats


@dataclass(frozen=True)
class Single:
    """One row of a result in plain Python: what a page or a document stores. None where there is no value."""

    index: int | None
    dominant: str | None
    averaging: str | None
    category: str | None
    beyond: bool
    complete: bool


@dataclass(frozen=True)
class AqiResult:
    """Arrays of one common shape, of length 1 for scalars.

    `index` float64, whole numbers, NaN where no pollutant has a value; `dominant` pollutant, its `averaging`
    period and the `category` code as str or None; `beyond` bool, above the last index of the standard;
    `complete` bool, the standard's own minimum of pollutants is met; `sub_indices` key (`pm2_5:nowcast`) →
    float64.
    """

    index: Floats
    dominant: NDArray[np.object_]
    averaging: NDArray[np.object_]
    category: NDArray[np.object_]
    beyond: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    sub_indices: dict[str, Floats]

    def single(self, row: int = -1) -> Single:
        """One row, the last by default."""
        index = self.index.flat[row]
        return Single(
            index=None if np.isnan(index) else int(index),
            dominant=_text(self.dominant, row),
            averaging=_text(self.averaging, row),
            category=_text(self.category, row),
            beyond=bool(self.beyond.flat[row]),
            complete=bool(self.complete.flat[row]),
        )


def nothing(shape: tuple[int, ...], keys: Iterable[str]) -> AqiResult:
    """A result without any value, to be filled."""
    return AqiResult(
        index=np.full(shape, np.nan),
        dominant=np.full(shape, None, dtype=object),
        averaging=np.full(shape, None, dtype=object),
        category=np.full(shape, None, dtype=object),
        beyond=np.zeros(shape, dtype=bool),
        complete=np.zeros(shape, dtype=bool),
        sub_indices={key: np.full(shape, np.nan) for key in keys},
    )


def names(codes: list[str]) -> NDArray[np.object_]:
    """None for "nothing" at 0, then the codes."""
    return np.array([None, *codes], dtype=object)


def _text(names: NDArray[np.object_], row: int) -> str | None:
    name: Any = names.flat[row]
    return None if name is None else str(name)
