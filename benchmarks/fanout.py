"""Row `live.fanout2000`: from an insert to 2,000 sockets, against a bare `websockets` server on the same change stream.

The same number of plain clients listens to either server, in turn. The peer sends a ready text as soon as the stream
tells of a change; ours reads the station's state, puts it into words and sends that.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from statistics import median, quantiles
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from aqi_project.mongodb import mongod
from benchmarks import site
from benchmarks.rows import Row, at_most

SOCKETS = 2_000
OPENING = 50  # sockets that are opened at once
INSERTS = 7
ROUNDS = 3
SETTLE = 1.0  # seconds between inserts, so that one update is over before the next
LIMIT = 30.0  # seconds that an update may take
GOAL = 2.0  # ours / peer
HISTORY = 30 * 24
SPARE_FILES = 200


def run() -> list[Row]:
    """p95 over all sockets and inserts, in milliseconds; medians of rounds taken in turn."""
    _allow_files(SOCKETS + SPARE_FILES)
    with site.database() as environment:
        site.fill(environment, HISTORY)
        rounds = [(_ours(environment), _peer(environment)) for _ in range(ROUNDS)]
    ours, peer = (median(one[side][0] for one in rounds) for side in (0, 1))
    kilobytes = median(one[0][1] for one in rounds)
    print(f"live.fanout2000: {kilobytes:.0f} kB of the web process for each socket")
    return [at_most("live.fanout2000", ours, "ms p95", GOAL, peer=peer, digits=0)]


def _ours(environment: dict[str, str]) -> tuple[float, float]:
    with site.web(environment) as address:
        port = int(address.rpartition(":")[2])
        return asyncio.run(_measure(f"ws://127.0.0.1:{port}/ws/stations/lahore/", port, environment))


def _peer(environment: dict[str, str]) -> tuple[float, float]:
    with _peer_server(environment) as port:
        return asyncio.run(_measure(f"ws://127.0.0.1:{port}/", port, environment))


@contextmanager
def _peer_server(environment: dict[str, str]) -> Any:
    port = mongod.free_port()
    command = [sys.executable, "-m", "benchmarks.fanout_peer", str(port)]
    with subprocess.Popen(command, cwd=site.ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield port
        finally:
            process.terminate()


async def _measure(address: str, port: int, environment: dict[str, str]) -> tuple[float, float]:
    """(p95 in ms, kB for each socket)"""
    before = site.memory_of(port)
    async with _sockets(address) as sockets:
        after = site.memory_of(port)
        with site.readings(environment) as readings:
            took = [await _update(sockets, readings, 100 + turn) for turn in range(INSERTS)]
    return quantiles([one for turn in took for one in turn], n=20)[-1], (after - before) / 1000 / SOCKETS


@asynccontextmanager
async def _sockets(address: str) -> AsyncIterator[list[ClientConnection]]:
    origin = address.replace("ws:", "http:").split("/ws/")[0].rstrip("/")
    opened: list[ClientConnection] = []
    for _ in range(SOCKETS // OPENING):
        batch = [connect(address, origin=origin, compression=None, open_timeout=LIMIT) for _ in range(OPENING)]
        opened += await asyncio.gather(*batch)
    try:
        yield opened
    finally:
        for socket in opened:
            socket.transport.abort()


async def _update(sockets: list[ClientConnection], readings: Any, aqi: int) -> list[float]:
    """Milliseconds until each socket had its next message."""
    await asyncio.sleep(SETTLE)
    newest = await asyncio.to_thread(readings.find_one, {"station": "lahore"}, sort=[("at", -1)])
    waiting = [asyncio.create_task(_next(socket)) for socket in sockets]
    await asyncio.sleep(0)
    started = time.perf_counter()
    await asyncio.to_thread(readings.update_one, {"_id": newest["_id"]}, {"$set": {"aqi": aqi}})
    return [(at - started) * 1000 for at in await asyncio.gather(*waiting)]


async def _next(socket: ClientConnection) -> float:
    await asyncio.wait_for(socket.recv(), LIMIT)
    return time.perf_counter()


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


if __name__ == "__main__":
    print(os.getpid(), run())
