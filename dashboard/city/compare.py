"""The stations of one city side by side: each with its last two days, and how far it is from the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.drawing.scale import Scale, segments
from dashboard.sources import source_of_station
from ingestion.models import Station
from ingestion.newest import newest_of
from ingestion.quality.presence import Presence
from ingestion.stations.compare import HourOfCity, disagreement, times_apart
from ingestion.stations.status import statuses

BEHIND = timedelta(hours=48)
GAP = 2 * 3600.0  # seconds without a value before the line is broken
PRESENCES = {"live": gettext_lazy("live"), "late": gettext_lazy("late"), "silent": gettext_lazy("silent")}


@dataclass(frozen=True)
class Side:
    """One station. `newest`: its last hour's mean, from `newest_at` on; `path`: SIZE × SIZE, on a scale that all share;
    `apart`: times from the others' median, usually."""

    station: Station
    source: str
    presence: str
    newest: float | None
    newest_at: datetime | None
    path: str
    apart: float | None


@dataclass(frozen=True)
class Comparison:
    """One variable at all stations. `rows`, newest first: an hour, and its values in the order of the sides."""

    sides: list[Side]
    rows: list[tuple[HourOfCity, list[float | None]]]


def compare(stations: Sequence[Station], variable: str, *, from_zero: bool = True) -> Comparison:
    """The last two days of a variable, up to the newest reading of any station; `from_zero`: drawn from there."""
    times, present = newest_of(stations).values(), statuses(stations)
    if not times:
        return Comparison([_side(station, [], None, present[station.slug]) for station in stations], [])
    end = max(times)
    hours = disagreement(stations, variable, end - BEHIND, end + timedelta(seconds=1))
    values = [value for hour in hours for value in hour.values.values()] or [0.0]
    lowest = min(0.0, *values) if from_zero else min(values)
    scale = Scale(end - BEHIND, end, lowest, max(*values, lowest + 1e-6))
    rows = [(hour, [hour.values.get(station.slug) for station in stations]) for hour in reversed(hours)]
    return Comparison([_side(station, hours, scale, present[station.slug]) for station in stations], rows)


def _side(station: Station, hours: Sequence[HourOfCity], scale: Scale | None, present: Presence) -> Side:
    points = [(hour.at, hour.values.get(station.slug)) for hour in hours]
    newest_at, newest = next((point for point in reversed(points) if point[1] is not None), (None, None))
    path = scale.line(segments(points, GAP)) if scale else ""
    source, presence = str(source_of_station(station).name), _presence(station, present)
    return Side(station, source, presence, newest, newest_at, path, _apart(station, hours))


def _presence(station: Station, present: Presence) -> str:
    """A recording that goes on is not live."""
    return _("recorded data") if station.is_recording and present == "live" else str(PRESENCES[present])


def _apart(station: Station, hours: Sequence[HourOfCity]) -> float | None:
    """In the middle of the hours in which others have a value too."""
    found = [_times(station.slug, hour) for hour in hours]
    known = [times for times in found if times is not None]
    return median(known) if known else None


def _times(slug: str, hour: HourOfCity) -> float | None:
    return times_apart(hour.values.get(slug), [value for other, value in hour.values.items() if other != slug])


def why_headline(station: Station, stations: Sequence[Station]) -> str:
    """Why the city's number is this station's."""
    if len(stations) == 1:
        return _("It is the only one here.")
    if station.is_headline:
        return _("An administrator has chosen it.")
    if any(one.is_headline for one in stations):
        return _("The one that an administrator has chosen is silent.")
    return _("Nobody has chosen one.")
