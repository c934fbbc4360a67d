"""The inboxes' live feed in one web process: a change stream on deliveries, and the open sockets by contact.

The stream opens with the first socket and closes with the last, and is opened again as often as it breaks; a page
that may have missed something is told to look for itself. It says only *that* there is news.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from alerts.models import Delivery

logger = logging.getLogger(__name__)
BETWEEN_TRIES = 1.0  # seconds until a broken stream is opened again
WATCHED = [
    {"$match": {"operationType": {"$in": ["insert", "update", "replace"]}, "fullDocument.channel": "inapp"}},
    {"$project": {"fullDocument.contact": 1}},
]


class Listener(Protocol):
    """An open inbox; `offer` never waits."""

    contacts: set[str]

    def offer(self) -> None: ...


class InboxFeed:
    """The change stream of this process and who listens to it."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._open = asyncio.Event()

    async def join(self, listener: Listener) -> None:
        """Returns once the stream is open: what is written from now on reaches the listener."""
        for contact in listener.contacts:
            self._listeners[contact].add(listener)
        if self._task is None:
            self._open = asyncio.Event()
            self._task = asyncio.create_task(self._watch())
        await self._open.wait()

    async def leave(self, listener: Listener) -> None:
        """The last one closes the stream."""
        for contact in listener.contacts:
            self._listeners[contact].discard(listener)
        self._listeners = defaultdict(set, {key: found for key, found in self._listeners.items() if found})
        if not self._listeners and self._task:
            task, self._task = self._task, None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self) -> None:
        token: Any = None
        while True:
            try:
                async for change in self._changes(token):
                    token = change["_id"]
                    self._tell({(change.get("fullDocument") or {}).get("contact", "")})
            except OperationFailure as error:  # its place in the stream may be gone: everyone looks again
                token = None
                self._tell(set(self._listeners))
                logger.warning("The inboxes' stream was refused and is opened again: %s", error)
            except PyMongoError as error:
                logger.warning("The inboxes' stream broke and is opened again: %s", error)
            await asyncio.sleep(BETWEEN_TRIES)

    async def _changes(self, token: Any) -> Any:
        async with AsyncMongoClient(settings.MONGODB_URI) as client:
            rows = client[str(connection.settings_dict["NAME"])][Delivery._meta.db_table]
            options = {"full_document": "updateLookup", "resume_after": token}
            async with await rows.watch(WATCHED, **options) as stream:
                self._open.set()
                async for change in stream:
                    yield change

    def _tell(self, contacts: set[str]) -> None:
        for listener in {listener for contact in contacts for listener in self._listeners.get(contact, ())}:
            with contextlib.suppress(RuntimeError):  # its loop is closing
                listener.offer()


feed = InboxFeed()
