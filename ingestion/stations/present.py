"""What time it is at a station: a recording has a time of its own."""

from datetime import datetime

from aqi_project import clock
from ingestion.models import Station
from ingestion.recorded.replay import playback


def present(station: Station) -> datetime:
    """Now, as the station has it: for a recording, the moment that is being played."""
    now = clock.now()
    return playback(station).position(now) if station.is_recording and station.replay_started_at else now
