"""Issuing forecasts: one for each series and newest reading, kept as it was issued."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aqi_project.clock import HOUR
from detection import frames
from detection.models import Forecast, Series
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError
from ingestion.models import Station
from ingestion.newest import newest_at
from ingestion.quality.presence import may_be_foretold

if TYPE_CHECKING:
    import pandas as pd

    from detection.forecasting import Forecaster

log = logging.getLogger(__name__)
LOOK_BACK = timedelta(days=75)  # what the forecaster's features and its recent errors look back on
COLUMNS = {"q025": "q025", "q10": "q100", "q25": "q250", "q50": "q500", "q75": "q750", "q90": "q900", "q975": "q975"}
DIGITS = 3
_in_vain: dict[tuple[Any, int], datetime] = {}  # series and version → the reading from which they foretell nothing


def issue(slug: str) -> int:
    """Forecast each series of a station from its newest reading, unless that was done; returns how many."""
    at = newest_at(slug)
    if at is None:
        return 0
    done = set(Forecast.objects.filter(issued_at=at, series__startswith=f"{slug}/").values_list("series", flat=True))
    served = Series.objects.filter(station=slug, is_active=True).exclude(champion=None)
    due = [one for one in served if one.key not in done and not is_in_vain(one, one.champion, at)]
    if not due:
        return 0
    frame = frames.load(slug, at - LOOK_BACK)
    return sum(_issue_one(series, frame, at) for series in due)


def _issue_one(series: Series, frame: pd.DataFrame, at: datetime) -> bool:
    from detection.live.forecasts.aqi_categories import categories

    table = tried(series, series.champion, frame, at)
    if table is None:
        return False
    quantiles = {name: table[column].round(DIGITS).tolist() for name, column in COLUMNS.items()}
    values = {
        "model_version": series.champion,
        "start": table.index[0].to_pydatetime(),
        "quantiles": quantiles,
        "categories": categories(series.variable, table),
    }
    _, created = Forecast.objects.get_or_create(series=series.key, issued_at=at, defaults=values)
    return created


def tried(series: Series, number: int, frame: pd.DataFrame, at: datetime) -> pd.DataFrame | None:
    """What a version foretells of the hours after `at`. None where it cannot, which stays so until the next reading:
    another try each minute would read months of readings and say the same."""
    from detection.timeseries.grid import NotEnoughDataError

    try:
        table = foretell(series, number, frame, at)
    except (ArtifactError, NotEnoughDataError) as error:
        log.warning("Version %d of %s does not foretell: %s", number, series.key, error)
        table = None
    if table is None:
        _in_vain[series.pk, number] = at
    return table


def is_in_vain(series: Series, number: int, at: datetime) -> bool:
    return _in_vain.get((series.pk, number)) == at


def foretell(series: Series, number: int, frame: pd.DataFrame, at: datetime) -> pd.DataFrame | None:
    """The hours after `at` by a version; None where it has no forecaster.

    Raises NotEnoughDataError where the variable's last usable value is too old to begin from.
    """
    from detection.timeseries.grid import NotEnoughDataError

    known = frame[series.variable].last_valid_index() if series.variable in frame else None
    interval = Station.objects.get(slug=series.station).expected_interval
    if not may_be_foretold(known, at, interval):
        raise NotEnoughDataError(f"Nothing usable of {series.variable} has come since {known or 'long ago'}.")
    forecaster = forecaster_of(series.pk, series.key, number)
    return hourly(forecaster.issue(frame), forecaster.hours) if forecaster else None


def hourly(table: pd.DataFrame, hours: int) -> pd.DataFrame:
    """An issued table with one hour between rows, as it is kept: each hour of a longer step has the step's row."""
    import pandas as pd

    index = pd.date_range(table.index[0], periods=len(table) * hours, freq=HOUR, name=table.index.name)
    return table.reindex(index, method="ffill")


@lru_cache(maxsize=64)
def forecaster_of(owner: Any, key: str, number: int) -> Forecaster | None:
    """Versions never change, so their forecasters stay in memory. `owner`: the id of the series, as in serving.py."""
    return artifacts.load_forecaster(key, number)
