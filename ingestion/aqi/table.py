"""The breakpoints of one pollutant and averaging period, and the index that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingestion.aqi.units import factor

Floats = NDArray[np.float64]
Rows = Sequence[Mapping[str, str]]

TOLERANCE: Final = 1e-6  # steps of concentration: 35.4 arrives as 35.39999999999999 and still is 35.4
INDEX_TOLERANCE: Final = 1e-9
AIR: Final = 1.2e9  # µg/m³, what the air itself weighs: no pollutant can be more
BEYOND: Final = 1e10  # how far, in the table's unit, an open line is drawn above its last anchor


@dataclass(frozen=True)
class Table:
    """Breakpoints in whole steps of the concentration (0.1 µg/m³, 1 ppb), as the standard rounds it.

    `scale` turns µg/m³ into steps, of which what follows the point is cut off after adding `offset`; a standard that
    does not round has no `step`. `points` and `indices` are the corners of a line (method linear) or the lower bounds
    of bands and their numbers (method band). `lookup` holds the index of each whole step up to the last corner, which
    is ten times as fast as finding the segment.
    """

    pollutant: str
    averaging: str
    unit: str
    step: float | None
    scale: float
    offset: float
    method: str
    index_rounding: str
    points: Floats
    indices: Floats
    lookup: Floats

    @property
    def key(self) -> str:
        """`pm2_5:nowcast`, the name of its concentrations and of its sub-index."""
        return f"{self.pollutant}:{self.averaging}"

    def index(self, concentration: Floats) -> Floats:
        """The rounded index of concentrations in µg/m³; NaN for NaN, negative, infinite and below the table."""
        usable = (concentration >= 0) & (concentration < AIR)
        steps = np.where(usable, concentration, 0.0) * self.scale
        if self.step is None:
            found = exact(steps, self.points, self.indices, self.method, self.index_rounding)
        else:
            found = self._looked_up((steps + self.offset).astype(np.intp))
        found[~usable] = np.nan
        return found

    def _looked_up(self, steps: NDArray[np.intp]) -> Floats:
        found = self.lookup.take(steps, mode="clip")
        above = steps >= len(self.lookup)
        if above.any():
            found[above] = exact(
                steps[above].astype(np.float64), self.points, self.indices, self.method, self.index_rounding
            )
        return found


def exact(steps: Floats, points: Floats, indices: Floats, method: str, rounding: str) -> Floats:
    """The rounded index at each step, found in the breakpoints; NaN below the first."""
    if method == "band":
        found = indices[np.searchsorted(points, steps, side="right") - 1]
    else:
        line = np.interp(steps, points, indices)
        up = rounding == "up"
        found = np.ceil(line - INDEX_TOLERANCE) if up else np.floor(line + 0.5 + INDEX_TOLERANCE)
    return np.where(steps >= points[0], found, np.nan)


def table(rows: Rows, method: str, rounding: str, index_rounding: str, top: int) -> Table:
    """The table of the rows of one pollutant and averaging period; `top` is the standard's highest index."""
    first = rows[0]
    step = float(first["step"]) if first["step"] else None
    corners = _bands(rows) if method == "band" else _line(rows)
    last = round(corners[-1][0] / (step or 1.0))
    if method == "linear" and corners[-1][1] == top:
        corners.append(_far(corners))
    points = np.array([point for point, _ in corners]) / (step or 1.0)
    points = points.round() if step else points
    indices = np.array([index for _, index in corners])
    return Table(
        pollutant=first["pollutant"],
        averaging=first["averaging"],
        unit=first["unit"],
        step=step,
        scale=factor("µg/m³", first["unit"], first["pollutant"]) / (step or 1.0),
        offset=TOLERANCE + (0.5 if rounding == "nearest" else 0.0),
        method=method,
        index_rounding=index_rounding,
        points=points,
        indices=indices,
        lookup=exact(np.arange(last + 1, dtype=np.float64), points, indices, method, index_rounding),
    )


def _bands(rows: Rows) -> list[tuple[float, float]]:
    return [(float(row["low"]), float(row["index_low"])) for row in rows]


def _line(rows: Rows) -> list[tuple[float, float]]:
    """Both ends of each row, each corner once."""
    ends = [(float(row[end]), float(row[f"index_{end}"])) for row in rows for end in ("low", "high")]
    return list(dict.fromkeys(ends))


def _far(corners: list[tuple[float, float]]) -> tuple[float, float]:
    """A last corner far out on the last line: a table that reaches the top of its standard goes on beyond it.

    One that ends below, as 8-hour ozone does at 300, has none and holds: another averaging period takes over.
    """
    (low, index_low), (high, index_high) = corners[-2:]
    return high + BEYOND, index_high + BEYOND * (index_high - index_low) / (high - low)
