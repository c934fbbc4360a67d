"""`manage.py replay STATION --speed 3600`: stream a station's recorded readings as if they arrived now."""

from argparse import ArgumentParser
from bisect import bisect_right
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from aqi_project import clock
from ingestion.management.arguments import span, station_called
from ingestion.models import Station
from ingestion.newest import newest_at
from ingestion.recorded import replay
from ingestion.recorded.playback import shift_to
from ingestion.recorded.replay import play_due, sleep, wait_for_next

SLOWEST, FASTEST = 0.01, 1e9
LONGEST_SLEEP = timedelta(seconds=1)  # between two steps of the bar
COPIED = ("city", "latitude", "longitude", "timezone", "expected_interval")


class Command(BaseCommand):
    help = (
        "Stream what a station has recorded as if it arrived now, into the station STATION-replay. "
        "What comes before the last --play is stored at once, as its history. Ctrl-C stops; the same command goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", help="the slug of the station whose readings are played")
        parser.add_argument("--speed", type=float, default=3600, help="3600 (default): an hour in a second")
        parser.add_argument("--play", type=span, default=timedelta(days=7), help="how much is streamed: 7d by default")

    def handle(self, *args: Any, station: str, speed: float, play: timedelta, **options: Any) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise CommandError(f"--speed must be from {SLOWEST:g} to {FASTEST:g}. 1 is as fast as it was recorded.")
        source = station_called(station)
        recorded = replay.readings_of(source.slug)
        if not recorded:
            raise CommandError(f"{station} has no readings to play.")
        player = self._player(source)
        now = clock.now()
        shift = player.replay_shift or shift_to(recorded[-1].at, now)
        newest = newest_at(player.slug)
        replay.start(player, shift, max(recorded[-1].at + shift - play, newest or recorded[0].at + shift), speed, now)
        try:
            self._play(player, recorded)
        except KeyboardInterrupt:
            self.stdout.write(
                f"\nStopped at {newest_at(player.slug):%Y-%m-%d %H:%M} UTC. The same command goes on from there."
            )

    def _player(self, source: Station) -> Station:
        """The station that plays `source`; created where it is missing."""
        given = {name: getattr(source, name) for name in COPIED}
        given |= {"name": f"{source.name} (replay)", "provider": Station.Provider.REPLAY, "provider_ref": source.slug}
        player, _ = Station.objects.get_or_create(slug=f"{source.slug}-replay", defaults=given)
        if player.provider_ref != source.slug:
            raise CommandError(f"{player.slug} exists already and plays something else. Rename it in the admin.")
        return player

    def _play(self, player: Station, recorded: Any) -> None:
        stored = newest_at(player.slug)
        done = bisect_right(recorded, stored - player.replay_shift, key=lambda one: one.at) if stored else 0
        with tqdm(total=len(recorded), initial=done, desc=f"Playing into {player.slug}", unit="reading") as bar:
            while True:
                wait = wait_for_next(player, recorded)
                bar.update(play_due(player, recorded))
                if wait is None:
                    break
                sleep(min(wait, LONGEST_SLEEP))
