"""The WebSocket of a page: news of one station."""

import asyncio
import contextlib
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.conf import settings

from aqi_project.web.consumer import NOT_FOUND, ListeningConsumer
from dashboard.live import feed
from ingestion.models import Station


class StationConsumer(ListeningConsumer):
    """Sends the latest message and forgets the ones before it."""

    feed = feed

    async def connect(self) -> None:
        station = self.scope["url_route"]["kwargs"]["station"]
        self.keys = {station}
        wanted = parse_qs(self.scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        self.language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        self.latest: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        if await database_sync_to_async(_is_public)(station):
            await self.listen()
        else:
            await self.close(NOT_FOUND)

    def offer(self, text: str) -> None:
        with contextlib.suppress(asyncio.QueueEmpty):
            self.latest.get_nowait()
        self.latest.put_nowait(text)

    async def next_message(self) -> str:
        return await self.latest.get()


def _is_public(slug: str) -> bool:
    return Station.objects.filter(slug=slug, is_public=True).exists()
