"""The inboxes' live feed in one web process: a change stream on deliveries, and the open sockets by contact.

The stream opens with the first socket and closes with the last; a page that may have missed something is told to look
for itself. It says only *that* there is news.
"""

import asyncio
import contextlib
from collections import defaultdict
from typing import Protocol

from alerts.models import Delivery
from aqi_project.web.change_stream import written


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
        async for contact in written(Delivery, "contact", self._open, channel="inapp"):
            self._tell(set(self._listeners) if contact is None else {contact})

    def _tell(self, contacts: set[str]) -> None:
        for listener in {listener for contact in contacts for listener in self._listeners.get(contact, ())}:
            with contextlib.suppress(RuntimeError):  # its loop is closing
                listener.offer()


feed = InboxFeed()
