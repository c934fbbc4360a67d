"""Mixed load on several web processes: reads, predictions and sockets, as a proxy would spread them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

PATIENCE = httpx.Timeout(20.0, connect=1.0)  # seconds for an answer, as deploy/Caddyfile has it
FROM_PROXY = {"X-Forwarded-Proto": "https"}
SHUNNED = 5.0  # seconds for which a process that could not be reached is passed over, as there
PING = 10.0  # seconds after which a machine that says nothing is taken for gone
ELSEWHERE = 0.1  # seconds until another process is asked where one cannot be reached
TRIES = 20  # of reaching any: what a proxy waits for a process that starts again
SOCKET_PAUSE = 1.0  # seconds until a page opens its socket again
PATHS = (
    "/api/v1/stations", "/api/v1/stations/{s}/latest", "/api/v1/stations/{s}/readings?limit=24", "/health/ready",
    "/lahore/{s}/now.json", "/api/v1/stations/{s}/aqi", "/lahore/{s}/chart.json", "/lahore/{s}/text/", "/lahore/{s}/",
    "/api/v1/anomalies?limit=10",
)  # fmt: skip
SOCKET: dict[str, Any] = {"compression": None, "ping_interval": PING, "ping_timeout": PING}
READS_PER_SECOND, PREDICTIONS_PER_SECOND, SOCKETS = 50, 20, 200


@dataclass(frozen=True)
class Failure:
    """A request that was not answered with 200. Times are of time.monotonic()."""

    asked: float
    ended: float
    what: str


@dataclass
class Tally:
    """What was seen from outside. Times are of time.monotonic()."""

    asked: int = 0
    answers: int = 0
    seconds: list[float] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    messages: int = 0
    heard: dict[int, float] = field(default_factory=dict)  # socket → its last message

    def silent(self, since: float) -> int:
        """How many sockets that once had a message have had none since."""
        return sum(at < since for at in self.heard.values())


class Load:
    """Runs until its task is cancelled."""

    def __init__(self, addresses: list[str], stations: int, scale: float = 1.0) -> None:
        self.tally = Tally()
        self._addresses, self._stations, self._scale = addresses, stations, scale
        self.sockets = round(SOCKETS * scale)
        self._turn = itertools.count()
        self._shunned = dict.fromkeys(addresses, 0.0)  # until when
        self._client = httpx.AsyncClient(headers=FROM_PROXY, timeout=PATIENCE, limits=httpx.Limits(max_connections=200))

    async def run(self) -> None:
        async with self._client, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._at_rate(READS_PER_SECOND * self._scale, self._read))
            tasks.create_task(self._at_rate(PREDICTIONS_PER_SECOND * self._scale, self._predict))
            for number in range(self.sockets):
                tasks.create_task(self._listen(number))

    async def _at_rate(self, per_second: float, ask: Callable[[int], Awaitable[None]]) -> None:
        """Begin so many a second, whether or not the earlier ones are answered."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in itertools.count():
                await asyncio.sleep(started + number / per_second - time.monotonic())
                tasks.create_task(ask(number))

    async def _read(self, number: int) -> None:
        path = PATHS[number % len(PATHS)].format(s=f"s{number // len(PATHS) % self._stations}")
        await self._ask("GET", path)

    async def _predict(self, number: int) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        value = {"sensor_id": "known/pm2_5", "timestamp": at, "value": 50 + number % 200}
        await self._ask("POST", "/api/v1/predict", json=value)

    async def _ask(self, method: str, path: str, **more: Any) -> None:
        """As a proxy does it: a process that cannot be reached is passed over, what one answers is passed on."""
        began = time.monotonic()
        self.tally.asked += 1
        problem = ""
        for _ in range(TRIES):
            address = self._next_address()
            try:
                answer = await self._client.request(method, address + path, **more)
            except httpx.TransportError as error:
                self._shunned[address] = time.monotonic() + SHUNNED
                problem = f"{method} {path}: {type(error).__name__}"
                await asyncio.sleep(ELSEWHERE)
                continue
            problem = "" if answer.status_code == 200 else f"{method} {path}: {answer.status_code} {answer.text[:200]}"
            break
        self.tally.answers += 1
        ended = time.monotonic()
        self.tally.seconds.append(ended - began)
        if problem:
            self.tally.failures.append(Failure(began, ended, problem))

    def _next_address(self) -> str:
        """Each in turn; the first that is not shunned, or the one whose turn it is where all are."""
        turn, now = next(self._turn), time.monotonic()
        queue = [self._addresses[(turn + n) % len(self._addresses)] for n in range(len(self._addresses))]
        return next((one for one in queue if self._shunned[one] < now), queue[0])

    async def _listen(self, number: int) -> None:
        """As a page does it: a socket that ends is opened again."""
        for turn in itertools.count(number):
            address = self._addresses[turn % len(self._addresses)]
            path = f"/ws/stations/s{number % self._stations}/?lang={'ur' if number % 2 else 'en'}"
            with contextlib.suppress(OSError, WebSocketException, TimeoutError, EOFError):
                async with connect(address.replace("http", "ws") + path, origin=address, **SOCKET) as socket:
                    async for _ in socket:
                        self.tally.messages += 1
                        self.tally.heard[number] = time.monotonic()
            await asyncio.sleep(SOCKET_PAUSE)
