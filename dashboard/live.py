"""The pages' live feed: a change stream on readings, by station.

The stream says only *which* station changed; what is sent is read afterwards and is the same that `now.json` answers. A
burst of changes becomes one message, because a socket wants the latest value and nothing else.
"""

import asyncio
import json
import logging
from collections.abc import Coroutine
from typing import Any

from channels.db import database_sync_to_async
from django.utils import translation

from aqi_project.web.change_stream import written
from aqi_project.web.feed import Feed
from dashboard.city.now import now
from dashboard.city.scene import load
from dashboard.preferences import Preferences
from ingestion.models import Reading, Station

logger = logging.getLogger(__name__)
TRY_AGAIN = 10.0  # seconds until a station's news that could not be read are read anew
BETWEEN_MESSAGES = 0.1  # seconds that a burst of changes is collected after a message
RELOAD = json.dumps({"type": "reload"})


class StationFeed(Feed):
    """News of stations, by slug, each told in the languages of its listeners."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: set[str] = set()
        self._news = asyncio.Event()

    @property
    def listening(self) -> int:
        """How many sockets there are."""
        return sum(map(len, list(self._listeners.values())))

    def work(self) -> list[Coroutine[Any, Any, None]]:
        self._news = asyncio.Event()
        return [self._watch(), self._publish()]

    async def _watch(self) -> None:
        """Notes which stations changed; pages that may have missed something load anew."""
        async for station in written(Reading, "station", self._open):
            if station is None:
                self.offer(self.everyone(), RELOAD)
            elif station in self._listeners:
                self._changed.add(station)
                self._news.set()

    async def _publish(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            changed, self._changed = self._changed, set()
            for station in changed:
                await self._tell(station)
            await asyncio.sleep(BETWEEN_MESSAGES)

    async def _tell(self, station: str) -> None:
        listeners = set(self._listeners.get(station, ()))
        for language in {listener.language for listener in listeners}:
            try:
                text = await database_sync_to_async(message)(station, language)
            except Exception:  # one station that cannot be read, or a database that is away, must not end the feed
                logger.exception("The news of %s could not be read", station)
                self._changed.add(station)  # the next reading may be an hour away
                asyncio.get_running_loop().call_later(TRY_AGAIN, self._news.set)
                continue
            self.offer((listener for listener in listeners if listener.language == language), text)


def message(station: str, language: str) -> str:
    """What a socket gets: the state under the default choices, as JSON. Where the station is no longer there for
    everybody, the page loads anew and finds that out."""
    found = Station.objects.filter(slug=station, is_public=True).first()
    if found is None:
        return RELOAD
    with translation.override(language):
        scene = load(found, Preferences())
        return json.dumps({"type": "now", **(now(scene) if scene else {})}, ensure_ascii=False)


feed = StationFeed()
