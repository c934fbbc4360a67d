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
from pymongo.errors import BulkWriteError, PyMongoError

from aqi_project.mongo import DUPLICATE_KEY

log = logging.getLogger(__name__)
LARGEST_QUEUE = 100_000  # by weight
LARGEST_WRITE = 1_000  # by weight: the thread must never hold the interpreter for long
PAUSE = timedelta(seconds=0.25)  # between writes: what a power cut may cost
RETRY = timedelta(seconds=2)
MOST_TRIES = 5  # of a document that is refused while the database answers
DRAIN_LIMIT = timedelta(seconds=3)

Document = dict[str, Any]


class BackgroundWriter:
    """Inserts documents in the background; where they come faster than that, the caller writes and waits.

    `weigh` says how much of the queue a document takes: 1 for a small one.
    """

    def __init__(self, collection: Callable[[], Collection[Document]], weigh: Callable[[Document], int]) -> None:
        self._collection = collection
        self._weigh = weigh
        self._weight = 0
        self._queue: deque[Document] = deque()
        self._wake = threading.Event()
        self._writing, self._counting = threading.Lock(), threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._tries: dict[Any, int] = {}  # of what was refused and waits again, by _id

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, documents: Sequence[Document]) -> None:
        """Take documents over. Returns at once, unless the queue is full."""
        weight = sum(map(self._weigh, documents))
        with self._counting:
            full = self._weight + weight > LARGEST_QUEUE
            if not full:
                self._weight += weight
                self._queue.extend(documents)
        if full:
            self._collection().insert_many(documents, ordered=False)
            return
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
        """Write what is queued, now, and wait for what is being written; at the end of the process and of each test."""
        deadline = time.monotonic() + DRAIN_LIMIT.total_seconds()
        while self._queue and (left := deadline - time.monotonic()) > 0:
            if not self._write(patience=left):
                time.sleep(PAUSE.total_seconds())
        if self._queue:
            log.error("%d documents could not be written before the end.", len(self._queue))

    def _write(self, patience: float = -1) -> bool:
        """Write all that is queued, in parts; whether the database took it. Waits `patience` seconds for its turn.

        A document stays queued until it is written, so that an empty queue means that nothing is under way.
        """
        if not self._writing.acquire(timeout=patience):
            return False
        try:
            taken = True
            while self._queue and taken:
                taken = self._write_part()
        except PyMongoError as error:
            log.warning("Documents wait for the database: %.300s", error)
            return False
        finally:
            self._writing.release()
        return taken

    def _write_part(self) -> bool:
        """Write what comes first; whether the database took it. What it refused goes to the end of the queue."""
        batch, weight = self._first()
        again = self._again(batch, self._refused(batch))
        with self._counting:
            for _ in batch:
                self._queue.popleft()
            self._queue.extend(again)
            self._weight -= weight - sum(map(self._weigh, again))
        return not again

    def _refused(self, batch: list[Document]) -> list[tuple[Document, str]]:
        """Which documents were not taken, and why. Where the driver cannot send one, it sends none: then each alone."""
        try:
            return self._insert(batch)
        except PyMongoError:
            raise
        except Exception as error:  # noqa: BLE001 (no number that BSON does not have may end the thread)
            if len(batch) == 1:
                return [(batch[0], str(error))]
            return [refused for document in batch for refused in self._refused([document])]

    def _insert(self, batch: list[Document]) -> list[tuple[Document, str]]:
        """Insert; what the database did not take, and why. A duplicate was written before, and only its answer lost."""
        try:
            self._collection().insert_many(batch, ordered=False)
        except BulkWriteError as error:
            found = error.details or {}
            if found.get("writeConcernErrors"):
                raise
            errors = [one for one in found["writeErrors"] if one["code"] != DUPLICATE_KEY]
            return [(batch[one["index"]], one["errmsg"]) for one in errors]
        return []

    def _again(self, batch: list[Document], refused: list[tuple[Document, str]]) -> list[Document]:
        """Those to try again. The others are given up, so that nothing is held up for ever by what nobody takes."""
        tries = {document.get("_id"): self._tries.pop(document.get("_id"), 0) + 1 for document in batch}
        again = []
        for document, why in refused:
            if tries[document["_id"]] < MOST_TRIES:
                self._tries[document["_id"]] = tries[document["_id"]]
                again.append(document)
            else:
                log.error("A document was refused %d times and is lost: %.300s", MOST_TRIES, why)
        return again

    def _first(self) -> tuple[list[Document], int]:
        batch: list[Document] = []
        weight = 0
        while len(batch) < len(self._queue) and weight < LARGEST_WRITE:
            batch.append(self._queue[len(batch)])
            weight += self._weigh(batch[-1])
        return batch, weight
