"""A station's variables as arrays, made once and used by every check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingestion.quality.limits import (
    CONTIGUOUS_INTERVALS,
    FROZEN_AFTER,
    FROZEN_AT_FLOOR_AFTER,
    FROZEN_LEAST_ROWS,
    FROZEN_MOST_ROWS,
    FROZEN_OVER_HABIT,
    NEVER,
    RELATIVES,
)
from ingestion.quality.spec import Spec

PM = ("pm2_5", "pm10")


class Jumper(NamedTuple):
    """One variable that may leap: its column, the leap as a logarithm, the columns of its relatives."""

    column: int
    leap: float
    relatives: list[int]


@dataclass(frozen=True, slots=True)
class Table:
    """Limits per column; `pm` holds the columns of PM2.5 and PM10 where the station has both."""

    specs: list[Spec]
    codes: list[str]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    pollutant: NDArray[np.bool_]
    floor: NDArray[np.float64]
    frozen: NDArray[np.int64]  # rows of one value that are too many, above the floor
    frozen_at_floor: NDArray[np.int64]
    jumpers: list[Jumper]
    pm: list[int]
    interval: float  # expected, in seconds
    longest_gap: float  # seconds between rows that may still be compared


def tabulate(specs: Sequence[Spec], interval: timedelta) -> Table:
    """The table for these variables at this expected interval."""
    codes = [spec.code for spec in specs]
    limits = np.array([frozen_limits(spec, interval) for spec in specs], dtype=np.int64).reshape(-1, 2)
    return Table(
        specs=list(specs),
        codes=codes,
        low=np.array([spec.low for spec in specs]),
        high=np.array([spec.high for spec in specs]),
        pollutant=np.array([spec.pollutant for spec in specs], dtype=bool),
        floor=np.array([spec.habit.floor if spec.habit else 0.0 for spec in specs]),
        frozen=limits[:, 0],
        frozen_at_floor=limits[:, 1],
        jumpers=[_jumper(code, codes) for code in codes if code in RELATIVES],
        pm=[codes.index(code) for code in PM] if set(PM) <= set(codes) else [],
        interval=interval.total_seconds(),
        longest_gap=CONTIGUOUS_INTERVALS * interval.total_seconds(),
    )


def frozen_limits(spec: Spec, interval: timedelta) -> tuple[int, int]:
    """Rows of one value that are too many: above the floor, and on it."""
    if spec.habit is None:
        above = min(ceil(FROZEN_AFTER / interval), FROZEN_MOST_ROWS)
        at_floor = _in_sight(ceil(FROZEN_AT_FLOOR_AFTER / interval))
    else:
        above, at_floor = _over(spec.habit.run), _over(spec.habit.floor_run)
    above = max(FROZEN_LEAST_ROWS, above)
    return above, max(above, at_floor)


def _over(run: int) -> int:
    return _in_sight(FROZEN_OVER_HABIT * run + 1)


def _in_sight(rows: int) -> int:
    return rows if rows <= FROZEN_MOST_ROWS else NEVER


def _jumper(code: str, codes: list[str]) -> Jumper:
    leap, relatives = RELATIVES[code]
    return Jumper(codes.index(code), log(leap), [codes.index(name) for name in relatives if name in codes])
