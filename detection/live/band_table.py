"""The band that a version stores: what is expected on a grid of times, so that serving is a look-up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from detection.live.rarity import Tail
from detection.live.watch import CALIBRATED_ON, DAY

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors.prophet_band import ProphetBand

BEFORE = timedelta(days=35)  # what the stored band covers before the training's end …
AFTER = timedelta(days=60)  # … and after it
DIGITS = 3


def band_of(detector: ProphetBand, frame: pd.DataFrame, variable: str) -> dict[str, Any]:
    """The band on an hourly grid, and the tail of how far past readings lay from the expected value."""
    import pandas as pd

    step = max(detector.interval, timedelta(hours=1))
    start, end = (frame.index[-1] + offset for offset in (-BEFORE, AFTER))
    table = detector.band(pd.date_range(start.floor("h"), end, freq=step))
    past = frame[variable].loc[frame.index[-1] - CALIBRATED_ON :].dropna()
    columns = {"expected": "expected", "lower": "q025", "upper": "q975"}
    document = {name: table[column].round(DIGITS).tolist() for name, column in columns.items()}
    tail = Tail.of(_distances(detector.band(past.index), past), (past.index[-1] - past.index[0]) / DAY)
    document |= {"start": table.index[0].isoformat(), "step_seconds": step.total_seconds(), "tail": tail.dump()}
    return document


def _distances(band: pd.DataFrame, values: pd.Series[float]) -> list[float]:
    """How far values lie from the expected one: 1 at the edge of the 95 % range, as Band.distance has it."""
    edge = band["q975"].where(values >= band["expected"], band["q025"])
    return list(((values - band["expected"]).abs() / (edge - band["expected"]).abs().clip(lower=1e-9)).tolist())
