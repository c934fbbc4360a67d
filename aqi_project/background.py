"""Writing documents after the answer: a bounded queue, one thread, one bulk write at a time, nothing lost silently."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import PyMongoError

log = logging.getLogger(__name__)
LARGEST_QUEUE = 100_000  # documents; about 50 MB
LARGEST_WRITE = 1_000  # documents of one bulk write, so that the thread never holds the interpreter for long
PAUSE = timedelta(seconds=0.25)  # between writes: what a power cut may cost
RETRY = timedelta(seconds=2)
DRAIN_LIMIT = timedelta(seconds=3)

Document = dict[str, Any]


class BackgroundWriter:
    """Inserts documents in the background; where they come faster than that, the caller writes and waits."""

    def __init__(self, collection: Callable[[], Collection[Document]]) -> None:
        self._collection = collection
        self._queue: deque[Document] = deque()
        self._wake = threading.Event()
        self._writing = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, documents: Sequence[Document]) -> None:
        """Take documents over. Returns at once, unless the queue is full."""
        if len(self._queue) + len(documents) > LARGEST_QUEUE:
            self._collection().insert_many(documents, ordered=False)
            return
        self._queue.extend(documents)
        if self._thread is None:
            self._start()
        self._wake.set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="background-writer", daemon=True)
                self._thread.start()
                atexit.register(self.drain)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(PAUSE.total_seconds())
            while self._queue and not self._write():
                time.sleep(RETRY.total_seconds())

    def drain(self) -> None:
        """Write what is queued, now; at the end of the process and in tests."""
        deadline = time.monotonic() + DRAIN_LIMIT.total_seconds()
        while self._queue and time.monotonic() < deadline:
            if not self._write():
                time.sleep(PAUSE.total_seconds())
        if self._queue:
            log.error("%d documents could not be written before the end.", len(self._queue))

    def _write(self) -> bool:
        """Write all that is queued, in parts; whether the database took it. What it did not take stays queued."""
        with self._writing:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(LARGEST_WRITE, len(self._queue)))]
                try:
                    self._collection().insert_many(batch, ordered=False)
                except PyMongoError as error:
                    log.warning("Documents wait for the database: %s", error)
                    self._queue.extendleft(reversed(batch))
                    return False
        return True
