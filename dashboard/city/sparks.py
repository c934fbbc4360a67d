"""Small multiples: each pollutant's last two days and how far above the WHO guideline its mean is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashboard.city.chart import GAP
from dashboard.city.readings import Row, looks_back
from dashboard.drawing.scale import Scale, segments
from ingestion.aqi import guidelines
from ingestion.models import Station, Variable

PERIODS = {"24h": timedelta(hours=24), "8h": timedelta(hours=8)}  # the guidelines' short periods, first choice first
COMPLETE = 0.75  # of the period's readings must be there


@dataclass(frozen=True)
class Spark:
    """One variable. `path`: SIZE × SIZE; `multiple` of the guideline over `period`, None where it has none."""

    variable: Variable
    value: float | None
    doubted: bool
    path: str
    multiple: float | None
    period: timedelta | None


def sparks(station: Station, variables: Sequence[Variable], rows: Sequence[Row]) -> list[Spark]:
    """One for each variable that has a value in `rows` (oldest first)."""
    return [
        _spark(station, variable, rows) for variable in variables if any(variable.code in row.values for row in rows)
    ]


def _spark(station: Station, variable: Variable, rows: Sequence[Row]) -> Spark:
    code = variable.code
    points = [(row.at, row.trusted(code)) for row in rows]
    values = [value for _, value in points if value is not None] or [0.0]
    low = 0.0 if variable.is_pollutant else min(values)
    end = max(rows[-1].at, rows[0].at + station.expected_interval)
    scale = Scale(rows[0].at, end, low, max(*values, low + 1e-6))
    multiple, period = _who(station, code, points)
    path = scale.line(segments(points, GAP * station.expected_interval.total_seconds()))
    return Spark(variable, rows[-1].values.get(code), code in rows[-1].flags, path, multiple, period)


def _who(station: Station, code: str, points: Sequence) -> tuple[float | None, timedelta | None]:
    for period, length in PERIODS.items():
        guideline = guidelines().get((code, period))
        if guideline is not None:
            start = points[-1][0] - length
            values = [value for at, value in points if at > start and value is not None]
            enough = len(values) >= COMPLETE * (length / station.expected_interval) and looks_back(station) >= length
            return (sum(values) / len(values) / guideline.level if enough else None), length
    return None, None
