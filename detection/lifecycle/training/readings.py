"""What a training of a series reads."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from detection import frames
from detection.lifecycle import reviews
from detection.models import Series
from detection.timeseries.grid import NotEnoughDataError
from ingestion.models import Station
from ingestion.newest import newest_at

if TYPE_CHECKING:
    import pandas as pd

WINDOW = timedelta(days=400)  # of history, with the neighbours, that detectors learn from
SEASONS = timedelta(days=4 * 365)  # of the station's own, that the expected range and the forecast learn from
MOST_READINGS = 40_000  # of them, or as many as WINDOW holds: those of a minute station would fill the memory


def changed_at(series: Series, window_starts_at: datetime | None) -> datetime | None:
    """Since when the source has measured as it does now, where that was noticed."""
    return max((moment for moment in (series.window_starts_at, window_starts_at) if moment), default=None)


def readings_of(series: Series, changed: datetime | None = None) -> pd.DataFrame:
    """SEASONS up to the newest reading, of the neighbours the newest WINDOW alone.

    Events that officers judged real or a fault are not in it. Raises NotEnoughDataError, too where nothing of it is
    newer than the source's change.
    """
    end = newest_at(series.station)
    if end is None:
        raise NotEnoughDataError(f"{series.station} has no readings yet: there is nothing to learn {series.key} from.")
    station = Station.objects.get(slug=series.station)
    frame = frames.with_neighbours(station, end - WINDOW, end)
    if series.variable not in frame or not frame[series.variable].loc[changed:].count():
        raise NotEnoughDataError(f"{series.station} has sent no usable {series.variable} to learn from.")
    frame = _with_years_before(frame, station, end - _reach(station))
    return reviews.usual_only(frames.of_series(frame, series.variable), series)


def hash_of(frame: pd.DataFrame) -> str:
    """SHA-256 of the data a model saw."""
    content = frame.index.asi8.tobytes() + frame.to_numpy().tobytes() + ",".join(frame.columns).encode()
    return hashlib.sha256(content).hexdigest()


def _reach(station: Station) -> timedelta:
    """How far back the station's own readings are read."""
    return max(WINDOW, min(SEASONS, MOST_READINGS * station.expected_interval))


def _with_years_before(frame: pd.DataFrame, station: Station, since: datetime) -> pd.DataFrame:
    """The frame, and before it what the station itself has sent since then."""
    import pandas as pd

    before = frames.load(station.slug, since, frame.index[0] - frames.INSTANT)
    return pd.concat([before.reindex(columns=frame.columns), frame])
