"""A WebSocket that listens to a feed, from its opening to whatever ends it."""

import asyncio
import logging
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer

from aqi_project.web.feed import Feed

log = logging.getLogger(__name__)
SEND_LIMIT = 10.0  # seconds that a slow socket may take for one message
OPEN_LIMIT = 15.0  # seconds that the feed's change stream may take to open
FORBIDDEN, NOT_FOUND, TOO_SLOW, TRY_AGAIN_LATER = 4403, 4404, 4408, 1013


class NoSuchFeed(AsyncWebsocketConsumer):
    """The answer where nothing is told."""

    async def connect(self) -> None:
        await self.close(NOT_FOUND)


class ListeningConsumer(AsyncWebsocketConsumer):
    """Sends one message after the other; a socket that cannot take it is closed.

    Daphne's own sending never waits: there a peer that stops reading fails to answer its ping and is dropped.
    """

    feed: ClassVar[Feed]
    keys: set[str]
    has_joined = False
    sending: asyncio.Task[None] | None = None

    async def next_message(self) -> str:
        """Waits for news. What came while the last message was being sent becomes one message."""
        raise NotImplementedError

    async def listen(self) -> None:
        """Accept the socket once the feed is open for it; what has come until then is sent after that."""
        self.has_joined = True
        try:
            await asyncio.wait_for(self.feed.join(self), OPEN_LIMIT)
        except TimeoutError:
            await self.close(TRY_AGAIN_LATER)
            return
        await self.accept()
        self.sending = asyncio.create_task(self._send())

    async def __call__(self, *given: Any) -> None:
        """However the socket ends, cancelled ones included, nobody goes on talking to it."""
        try:
            await super().__call__(*given)
        finally:
            if self.sending:
                self.sending.cancel()
            if self.has_joined:
                await self.feed.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """A page has nothing to say."""

    async def _send(self) -> None:
        try:
            while True:
                text = await self.next_message()
                async with asyncio.timeout(SEND_LIMIT):  # unlike wait_for, without a task for each message
                    await self.send(text_data=text)
        except TimeoutError:
            await self.close(TOO_SLOW)
        except Exception:  # such as a database that is away: a silent socket would look like a calm day
            log.exception("A socket can be told nothing more")
            await self.close(TRY_AGAIN_LATER)
