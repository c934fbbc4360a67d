"""What the providers themselves foretell, fetched each hour and kept as it came: the rival that people know."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from aqi_project import clock
from aqi_project.clock import HOUR
from detection.models import ProviderForecast
from ingestion.asking.polls import GATES, PATIENCE
from ingestion.asking.questions import access, polled, question
from ingestion.observation import Observation
from ingestion.providers.poll import Result, poll

log = logging.getLogger(__name__)
KEPT_HOURS = 72  # as far as our own forecasts reach


def fetch() -> int:
    """Ask for this hour's forecast of each station that has none yet; returns how many were kept."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    done = set(ProviderForecast.objects.filter(issued_at=hour).values_list("station", flat=True))
    stations = polled().exclude(slug__in=done)
    jobs = [question(station, "forecast") for station in stations]
    return sum(_kept(result, hour) for result in poll(jobs, access(), PATIENCE, GATES))


def _kept(result: Result, hour: datetime) -> bool:
    if result.error is not None:
        log.warning("%s: the provider's forecast is missing. %s", result.job.station, result.error)
        return False
    if not result.parsed.forecast:
        return False
    given = {
        "provider": result.job.provider,
        "start": hour + HOUR,
        "values": table(result.parsed.forecast, hour + HOUR),
    }
    _, created = ProviderForecast.objects.get_or_create(station=result.job.station, issued_at=hour, defaults=given)
    return created


def table(foretold: Iterable[Observation], start: datetime) -> dict[str, list[float | None]]:
    """Values of each variable for KEPT_HOURS hours from `start`; what is below zero stands for "missing"."""
    rows: dict[str, list[float | None]] = {}
    for observation in foretold:
        row = (observation.at - start) // HOUR
        if 0 <= row < KEPT_HOURS:
            for code, value in observation.values.items():
                rows.setdefault(code, [None] * KEPT_HOURS)[row] = value if value >= 0 else None
    return rows
