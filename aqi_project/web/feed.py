"""A live feed of one web process: who listens to what, and what runs for them while anybody does.

It opens with the first socket and closes with the last, because daphne has no lifespan events.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from typing import Any, Protocol


class Listener(Protocol):
    """An open socket, and the keys of which it wants to hear; `offer` never waits."""

    keys: set[str]

    def offer(self, *news: Any) -> None: ...


class Feed:
    """Plain sets of listeners by key."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Any]] = defaultdict(set)
        self._tasks: list[asyncio.Task[None]] = []
        self._open = asyncio.Event()

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What has to run while somebody listens; it sets `_open` once nothing will be missed."""
        raise NotImplementedError

    async def join(self, listener: Listener) -> None:
        """Returns once the feed is open: what is written from now on reaches the listener."""
        for key in listener.keys:
            self._listeners[key].add(listener)
        if not self._tasks:
            self._open = asyncio.Event()
            self._tasks = [asyncio.create_task(one) for one in self.work()]
        await self._open.wait()

    async def leave(self, listener: Listener) -> None:
        """The last one closes the feed."""
        for key in listener.keys:
            self._listeners[key].discard(listener)
            if not self._listeners[key]:
                del self._listeners[key]
        if not self._listeners:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def everyone(self) -> set[Any]:
        return set().union(*self._listeners.values())

    def offer(self, listeners: Iterable[Listener], *news: Any) -> None:
        for listener in listeners:
            with contextlib.suppress(RuntimeError):  # its loop is closing
                listener.offer(*news)
