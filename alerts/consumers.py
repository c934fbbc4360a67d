"""The WebSocket of an inbox: the number of unread messages whenever it may have changed."""

import asyncio
import contextlib
import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from alerts import inbox
from alerts.live import feed

SEND_LIMIT = 10.0  # seconds that a slow socket may take for one message
OPEN_LIMIT = 5.0  # seconds that the change stream may take to open
FORBIDDEN, TOO_SLOW, TRY_AGAIN_LATER = 4403, 4408, 1013


class InboxConsumer(AsyncWebsocketConsumer):
    """For officers alone. News while one message is being sent become one more message."""

    async def connect(self) -> None:
        self.contacts: set[str] = await database_sync_to_async(inbox.contacts_of)(self.scope["user"])
        if not self.contacts:
            await self.close(FORBIDDEN)
            return
        self.news = asyncio.Event()
        self.sending = asyncio.create_task(self._send())
        try:
            await asyncio.wait_for(feed.join(self), OPEN_LIMIT)
        except TimeoutError:
            await self.close(TRY_AGAIN_LATER)
            return
        await self.accept()

    def offer(self) -> None:
        self.news.set()

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "sending"):
            self.sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.sending
            await feed.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """A page has nothing to say."""

    async def _send(self) -> None:
        try:
            while True:
                await self.news.wait()
                self.news.clear()
                unread = await database_sync_to_async(inbox.unread)(self.contacts)
                text = json.dumps({"type": "inbox", "unread": unread})
                await asyncio.wait_for(self.send(text_data=text), SEND_LIMIT)
        except TimeoutError:
            await self.close(TOO_SLOW)
