"""The live feed of one web process: one MongoDB change stream, and a plain set of sockets per station.

The stream opens with the first socket and closes with the last (daphne has no lifespan events). It says only *which*
station changed; what is sent is read afterwards and is the same that `now.json` answers. A burst of changes becomes
one message, because a socket wants the latest value and nothing else.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from channels.db import database_sync_to_async
from django.utils import translation

from aqi_project.web.change_stream import written
from dashboard.city.now import now
from dashboard.city.scene import load
from dashboard.preferences import Preferences
from ingestion.models import Reading, Station

logger = logging.getLogger(__name__)
TRY_AGAIN = 10.0  # seconds until a station's news that could not be read are read anew
BETWEEN_MESSAGES = 0.1  # seconds that a burst of changes is collected after a message
RELOAD = json.dumps({"type": "reload"})


class Listener(Protocol):
    """Somebody who wants a station's news in one language; `offer` never waits."""

    station: str
    language: str

    def offer(self, text: str) -> None: ...


class Feed:
    """The change stream of this process and who listens to it."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._open = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def listening(self) -> int:
        """How many sockets there are."""
        return sum(map(len, list(self._listeners.values())))

    async def join(self, listener: Listener) -> None:
        """Returns once the stream is open: what is written from now on reaches the listener."""
        self._listeners[listener.station].add(listener)
        if not self._tasks:
            self._news, self._open = asyncio.Event(), asyncio.Event()
            self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._publish())]
        await self._open.wait()

    async def leave(self, listener: Listener) -> None:
        """The last one closes the stream."""
        self._listeners[listener.station].discard(listener)
        if not self._listeners[listener.station]:
            del self._listeners[listener.station]
        if not self._listeners:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        """Notes which stations changed; pages that may have missed something load anew."""
        async for station in written(Reading, "station", self._open):
            if station is None:
                _offer(self._everyone(), RELOAD)
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
            _offer((listener for listener in listeners if listener.language == language), text)

    def _everyone(self) -> list[Listener]:
        return [listener for listeners in self._listeners.values() for listener in listeners]


def message(station: str, language: str) -> str:
    """What a socket gets: the state under the default choices, as JSON. Where the station is no longer there for
    everybody, the page loads anew and finds that out."""
    found = Station.objects.filter(slug=station, is_public=True).first()
    if found is None:
        return RELOAD
    with translation.override(language):
        scene = load(found, Preferences())
        return json.dumps({"type": "now", **(now(scene) if scene else {})}, ensure_ascii=False)


def _offer(listeners: Iterable[Listener], text: str) -> None:
    for listener in listeners:
        with contextlib.suppress(RuntimeError):  # its loop is closing
            listener.offer(text)


feed = Feed()
