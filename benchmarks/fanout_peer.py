"""`python -m benchmarks.fanout_peer PORT`: the least that can carry a change stream to sockets, to compare with."""

import asyncio
import json
import os
import sys

from pymongo import AsyncMongoClient
from websockets.asyncio.server import ServerConnection, broadcast, serve

TEXT = json.dumps({"type": "now", "padding": "x" * 1000})  # about as long as our message


async def main(port: int) -> None:
    listeners: set[ServerConnection] = set()

    async def listen(socket: ServerConnection) -> None:
        listeners.add(socket)
        await socket.wait_closed()
        listeners.discard(socket)

    client = AsyncMongoClient(os.environ["MONGODB_URI"])
    readings = client[os.environ.get("MONGODB_NAME", "aqi")]["ingestion_reading"]
    async with await readings.watch() as stream, serve(listen, "127.0.0.1", port, compression=None):
        print("ready", flush=True)
        async for _ in stream:
            broadcast(listeners, TEXT)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
