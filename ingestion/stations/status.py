"""Whether a station is there: the rule of quality/presence.py on stored readings."""

from collections.abc import Sequence

from ingestion.models import Station
from ingestion.newest import newest_of
from ingestion.quality.presence import Presence, presence
from ingestion.stations.present import present


def status(station: Station) -> Presence:
    """live, late or silent: the one rule, for every page, condition and answer."""
    return statuses([station])[station.slug]


def statuses(stations: Sequence[Station]) -> dict[str, Presence]:
    """The same for many, by slug, with one query."""
    newest = newest_of(stations)
    return {one.slug: presence(newest.get(one.slug), present(one), one.expected_interval) for one in stations}
