"""The band that a version stores: what is expected on a grid of times, so that serving is a look-up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aqi_project.clock import DAY, HOUR
from detection.calibration.tail import Tail
from detection.detectors.ensemble import CALIBRATED_ON
from detection.live.band import BandPoint, distance

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors.prophet_band import ProphetBand

BEFORE = timedelta(days=35)  # what the stored band covers before the training's end …
AFTER = timedelta(days=60)  # … and after it
DIGITS = 3


def table_of(detector: ProphetBand, frame: pd.DataFrame, variable: str) -> dict[str, Any]:
    """The band on an hourly grid, and the tail of how far past readings lay from the expected value."""
    import pandas as pd

    step = max(detector.interval, HOUR)
    start, end = (frame.index[-1] + offset for offset in (-BEFORE, AFTER))
    table = detector.band(pd.date_range(start.floor("h"), end, freq=step))
    past = frame[variable].loc[frame.index[-1] - CALIBRATED_ON :].dropna()
    columns = {"expected": "expected", "lower": "q025", "upper": "q975"}
    document = {name: table[column].round(DIGITS).tolist() for name, column in columns.items()}
    tail = Tail.of(_distances(detector, past), (past.index[-1] - past.index[0]) / DAY)
    document |= {"start": table.index[0].isoformat(), "step_seconds": step.total_seconds()}
    return document | {"offset": detector.scale.offset, "tail": tail.dump()}


def _distances(detector: ProphetBand, past: pd.Series[float]) -> list[float]:
    """How far past readings lay from what was expected, as Band.distance has it."""
    band = detector.band(past.index)[["expected", "q025", "q975"]]
    points = [BandPoint(at, *row) for at, row in zip(past.index, band.to_numpy().tolist(), strict=True)]
    offset = detector.scale.offset
    return [distance(point, value, offset) for point, value in zip(points, past.tolist(), strict=True)]
