"""The WebSocket of a page: news of one station."""

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from dashboard.live import feed
from ingestion.models import Station

SEND_LIMIT = 10.0  # seconds that a slow socket may take for one message
OPEN_LIMIT = 15.0  # seconds that the change stream may take to open
NOT_FOUND, TOO_SLOW, TRY_AGAIN_LATER = 4404, 4408, 1013


class StationConsumer(AsyncWebsocketConsumer):
    """Sends the latest message and forgets the ones before it; a socket that cannot take it is closed.

    Daphne's own sending never waits: there a peer that stops reading fails to answer its ping and is dropped.
    """

    async def connect(self) -> None:
        self.station = self.scope["url_route"]["kwargs"]["station"]
        wanted = parse_qs(self.scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        self.language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        self.latest: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        if not await database_sync_to_async(_is_public)(self.station):
            await self.close(NOT_FOUND)
            return
        self.sending = asyncio.create_task(self._send_latest())
        try:
            await asyncio.wait_for(feed.join(self), OPEN_LIMIT)
        except TimeoutError:
            await self.close(TRY_AGAIN_LATER)
            return
        await self.accept()

    def offer(self, text: str) -> None:
        with contextlib.suppress(asyncio.QueueEmpty):
            self.latest.get_nowait()
        self.latest.put_nowait(text)

    async def __call__(self, *given: Any) -> None:
        """However the socket ends, cancelled ones included, nobody goes on talking to it."""
        try:
            await super().__call__(*given)
        finally:
            if hasattr(self, "sending"):
                self.sending.cancel()
                await feed.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """A page has nothing to say."""

    async def _send_latest(self) -> None:
        try:
            while True:
                text = await self.latest.get()
                async with asyncio.timeout(SEND_LIMIT):  # unlike wait_for, without a task for each message
                    await self.send(text_data=text)
        except TimeoutError:
            await self.close(TOO_SLOW)


def _is_public(slug: str) -> bool:
    return Station.objects.filter(slug=slug, is_public=True).exists()
