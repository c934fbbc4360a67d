"""A process that answers like Open-Meteo, 200 ms after each question. Prints its address and runs until killed."""

import asyncio
import json
import time

DELAY = 0.2  # seconds
COLUMNS = ("pm2_5", "pm10", "carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone")
HOURS = 48


def body() -> bytes:
    """Two days of hours, as a live poll gets them."""
    now = int(time.time()) // 3600 * 3600
    hourly: dict[str, list[float]] = {"time": [now + 3600 * (hour - HOURS + 12) for hour in range(HOURS)]}
    hourly |= {name: [20.0 + hour for hour in range(HOURS)] for name in COLUMNS}
    return json.dumps({"hourly": hourly, "hourly_units": dict.fromkeys(COLUMNS, "μg/m³")}).encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Every request of one connection."""
    payload = body()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            await asyncio.sleep(DELAY)
            writer.write(head.encode() + payload)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve() -> None:
    """Listen on a free port of loopback."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
