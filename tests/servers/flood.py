"""Sends each WebSocket more than its line can hold, as fast as it may: daphne as we load it must lose none of it."""

from typing import Any

from aqi_project.web import daphne_websocket

MESSAGES, LENGTH = 40, 300_000

daphne_websocket.install()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await receive()
    await send({"type": "websocket.accept"})
    for number in range(MESSAGES):
        await send({"type": "websocket.send", "text": message(number)})
    while (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": "again"})


def message(number: int) -> str:
    return f"{number}:" + chr(ord("a") + number % 26) * LENGTH
