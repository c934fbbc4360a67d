"""An application whose answers break off, behind the class that the project gives to daphne."""

from typing import Any

from aqi_project.web import daphne_http

daphne_http.install()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """All is well at /health/live; anything else ends in the middle, but for /at-once, which does not even begin."""
    if scope["path"] == "/at-once":
        raise RuntimeError("a bug")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    is_whole = scope["path"] == "/health/live"
    await send({"type": "http.response.body", "body": b"half of it", "more_body": not is_whole})
    if not is_whole:
        raise RuntimeError("the database has gone")
