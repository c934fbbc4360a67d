"""The path of HTTP into Django, spoken to as a server speaks to it."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from aqi_project.web.handler import Handler

PARTS = 10_000
given: list[int] = []


def numbers() -> Iterator[bytes]:
    for number in range(PARTS):
        given.append(number)
        yield b"%d\n" % number


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(numbers())


def broken() -> Iterator[bytes]:
    yield b"half of it\n"
    raise RuntimeError("the database has gone")


def break_off(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(broken())


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body, headers={"X-Thread": threading.current_thread().name})


def length(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.META["CONTENT_LENGTH"])


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug")


urlpatterns = [path(view.__name__, csrf_exempt(view)) for view in (stream, break_off, echo, length, fail)]


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    given.clear()


def ask(path: str, body: bytes = b"", leaves_after: int | None = None, method: str = "POST") -> list[dict[str, Any]]:
    """All messages that the server gets; the client leaves after so many of them."""
    sent: list[dict[str, Any]] = []

    async def talk() -> None:
        gone = asyncio.Event()
        requests = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if requests:
                return requests.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if leaves_after is not None and len(sent) >= leaves_after:
                gone.set()

        headers = [(b"host", b"localhost")]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        await Handler()(scope, receive, send)

    asyncio.run(talk())
    return sent


def test_a_body_comes_back() -> None:
    start, body = ask("/echo", b"hello")
    assert (start["status"], body["body"]) == (200, b"hello")


def test_a_body_without_a_length_is_measured() -> None:
    """Clients that send in chunks name none, and Django REST framework takes no length for no body."""
    assert ask("/length", b"hello")[1]["body"] == b"5"


def test_a_request_runs_in_a_thread_of_the_pool() -> None:
    headers = dict(ask("/echo", b"x")[0]["headers"])
    assert headers[b"X-Thread"].startswith(b"http")


def test_a_bug_is_an_answer_too() -> None:
    assert ask("/fail")[0]["status"] == 500


def test_a_generator_is_streamed() -> None:
    messages = ask("/stream")
    assert b"".join(message.get("body", b"") for message in messages[1:]).count(b"\n") == PARTS


def test_a_generator_stops_when_the_client_leaves() -> None:
    ask("/stream", leaves_after=20)
    assert 10 < len(given) < 1_000


@pytest.mark.parametrize("path", ["/echo", "/stream"])
def test_who_asks_for_the_head_alone_gets_no_body_and_nothing_is_generated_for_it(path: str) -> None:
    start, *rest = ask(path, b"hello", method="HEAD")
    assert start["status"] == 200
    assert b"".join(message.get("body", b"") for message in rest) == b""
    assert given == []


def test_a_generator_that_breaks_is_told_to_the_server() -> None:
    """Which otherwise waits for the rest for ever, and with it the client."""
    with pytest.raises(RuntimeError, match="the database has gone"):
        ask("/break_off")
