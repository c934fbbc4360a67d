"""The WebSocket of an inbox: the number of unread messages whenever it may have changed."""

import asyncio
import json

from channels.db import database_sync_to_async

from alerts import inbox
from alerts.live import feed
from aqi_project.web.consumer import FORBIDDEN, ListeningConsumer


class InboxConsumer(ListeningConsumer):
    """For officers alone."""

    feed = feed

    async def connect(self) -> None:
        self.keys: set[str] = await database_sync_to_async(inbox.contacts_of)(self.scope["user"])
        self.news = asyncio.Event()
        if self.keys:
            await self.listen()
        else:
            await self.close(FORBIDDEN)

    def offer(self) -> None:
        self.news.set()

    async def next_message(self) -> str:
        await self.news.wait()
        self.news.clear()
        unread = await database_sync_to_async(inbox.unread)(self.keys)
        return json.dumps({"type": "inbox", "unread": unread})
