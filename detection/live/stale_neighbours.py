"""Stations that were scored before a neighbour reported the same hour: they are looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from detection import frames
from detection.live.pending import unsettle
from ingestion.models import Station

NEWS = timedelta(hours=6)  # what a neighbour tells about older hours changes no score


def unsettle_neighbours(slug: str, first: datetime, last: datetime) -> list[str]:
    """The stations whose scores a station's new readings, `first` to `last`, have made stale; they are pending now."""
    station = Station.objects.filter(slug=slug).first()
    if station is None:
        return []
    since, before = max(first, last - NEWS), last + station.expected_interval
    others = [other for other in frames.city_of(station) if slug in frames.nearest(other)]
    return [other.slug for other in others if unsettle(other.slug, since, before)]
