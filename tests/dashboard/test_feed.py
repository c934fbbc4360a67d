"""The live path in parts: where a broken stream goes on, who is told what, which socket is given up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from pymongo.errors import AutoReconnect, OperationFailure

from aqi_project.web import change_stream, consumer
from aqi_project.web.consumer import TOO_SLOW, TRY_AGAIN_LATER, ListeningConsumer
from dashboard import live
from dashboard.consumers import StationConsumer
from dashboard.live import RELOAD, StationFeed
from ingestion.models import Reading

Step = tuple[str | None, str] | Exception
OPEN = (None, "place 0")
STEPPED_DOWN = 189  # the server's place in the stream is still good


class Stream:
    """Stands for MongoDB's change stream: each time it is opened, it takes the next of these steps until one breaks."""

    def __init__(self, *steps: Step) -> None:
        self.steps, self.opened_at = list(steps), []

    async def __call__(self, model: Any, field: str, only: Any, place: Any) -> AsyncIterator[tuple[str | None, Any]]:
        self.opened_at.append(place)
        while self.steps:
            step = self.steps.pop(0)
            if isinstance(step, Exception):
                raise step
            yield step
        await asyncio.Event().wait()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[str | None], list[Any]]]:
    """What is told of a stream, up to so many values, and the places at which the stream was opened."""
    monkeypatch.setattr(change_stream, "BETWEEN_TRIES", 0)

    def hear(count: int, *steps: Step) -> tuple[list[str | None], list[Any]]:
        stream = Stream(*steps)
        monkeypatch.setattr(change_stream, "_stream", stream)

        async def listen() -> list[str | None]:
            told = change_stream.written(Reading, "station", asyncio.Event())
            return [await asyncio.wait_for(anext(told), 30) for _ in range(count)]

        return asyncio.run(listen()), stream.opened_at

    return hear


@pytest.mark.parametrize("error", [AutoReconnect("gone"), OperationFailure("no primary", code=STEPPED_DOWN)])
def test_a_stream_that_broke_goes_on_behind_what_it_told_last(heard: Any, error: Exception) -> None:
    told, places = heard(2, OPEN, ("lahore", "place 1"), error, (None, "place 1"), ("karachi", "place 2"))
    assert (told, places) == (["lahore", "karachi"], [None, "place 1"])


def test_a_stream_that_broke_before_it_told_anything_goes_on_where_it_was_opened(heard: Any) -> None:
    told, places = heard(1, OPEN, AutoReconnect("gone"), ("lahore", "place 1"))
    assert (told, places) == (["lahore"], [None, "place 0"])


@pytest.mark.parametrize("code", [136, 260, 280, 286])
def test_a_stream_whose_place_is_lost_begins_anew_and_says_so_once_it_is_open(heard: Any, code: int) -> None:
    lost = OperationFailure("the place is lost", code=code)
    told, places = heard(3, OPEN, ("lahore", "place 1"), lost, AutoReconnect("gone"), OPEN, ("lahore", "place 2"))
    assert (told, places) == (["lahore", None, "lahore"], [None, None, None])


def test_what_was_missed_is_said_once(heard: Any) -> None:
    lost = OperationFailure("the place is lost", code=286)
    told, _ = heard(2, OPEN, lost, OPEN, AutoReconnect("gone"), (None, "place 1"), ("lahore", "place 2"))
    assert told == [None, "lahore"]


class Page:
    """Somebody who looks at a station."""

    def __init__(self, station: str = "lahore", language: str = "en", fails: bool = False) -> None:
        self.keys, self.language, self.fails = {station}, language, fails
        self.got: list[str] = []

    def offer(self, text: str) -> None:
        if self.fails:
            raise RuntimeError("Event loop is closed")
        self.got.append(text)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The messages that were made, each named by its station and language."""
    made: list[tuple[str, str]] = []

    def message(station: str, language: str) -> str:
        made.append((station, language))
        return f"{station} in {language}"

    def directly(work: Callable[..., str]) -> Callable[..., Coroutine[Any, Any, str]]:
        async def run(*given: str) -> str:
            return work(*given)

        return run

    monkeypatch.setattr(live, "message", message)
    monkeypatch.setattr(live, "database_sync_to_async", directly)
    monkeypatch.setattr(live, "BETWEEN_MESSAGES", 0)
    return made


async def settle() -> None:
    """Everything that can go on has gone on."""
    for _ in range(50):
        await asyncio.sleep(0)


def tell(monkeypatch: pytest.MonkeyPatch, pages: list[Page], *bursts: list[str | None]) -> None:
    """These pages are open while these stations are written to, one burst after the other."""

    async def written(model: Any, field: str, opened: asyncio.Event) -> AsyncIterator[str | None]:
        opened.set()
        for burst in bursts:
            await settle()
            for station in burst:
                yield station
        await asyncio.Event().wait()

    async def run() -> None:
        feed = StationFeed()
        for page in pages:
            await feed.join(page)
        for _ in bursts:
            await settle()
        await settle()
        for page in pages:
            assert feed._tasks
            await feed.leave(page)
        assert (feed.listening, feed._tasks) == (0, [])

    monkeypatch.setattr(live, "written", written)
    asyncio.run(run())


def test_a_message_is_made_once_for_all_pages_of_a_language(
    asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Page(), Page(), Page(language="ur"), Page("karachi")]
    tell(monkeypatch, pages, ["lahore", "nowhere"])
    assert [page.got for page in pages] == [["lahore in en"], ["lahore in en"], ["lahore in ur"], []]
    assert sorted(asked) == [("lahore", "en"), ("lahore", "ur")]


def test_a_burst_is_told_once(asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page()
    tell(monkeypatch, [page], ["lahore"] * 50)
    assert page.got == ["lahore in en"]


def test_every_page_loads_anew_where_something_was_missed(
    asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Page(), Page("karachi", "ur")]
    tell(monkeypatch, pages, [None])
    assert ([page.got for page in pages], asked) == ([[RELOAD]] * 2, [])


def test_a_page_that_is_closing_silences_no_other(
    asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, pages = Page(fails=True), [Page() for _ in range(3)]
    tell(monkeypatch, [closing, *pages], ["lahore"], ["lahore"])
    assert [page.got for page in pages] == [["lahore in en"] * 2] * 3


class Patient:
    """A feed that opens at once, or never."""

    def __init__(self, opens: bool) -> None:
        self.opens, self.listeners = opens, 0

    async def join(self, listener: Any) -> None:
        self.listeners += 1
        if not self.opens:
            await asyncio.Event().wait()

    async def leave(self, listener: Any) -> None:
        self.listeners -= 1


def closed_with(monkeypatch: pytest.MonkeyPatch, feed: Patient, sending: Callable[[], Any]) -> list[Any]:
    """What a socket of this feed says to its peer, whose side of sending this is, until it is closed."""
    monkeypatch.setattr(consumer, "SEND_LIMIT", 0.01)
    monkeypatch.setattr(consumer, "OPEN_LIMIT", 0.2)
    said: list[Any] = []

    class Consumer(ListeningConsumer):
        async def connect(self) -> None:
            await self.listen()

        async def next_message(self) -> str:
            return "news"

    Consumer.feed = feed

    async def run() -> None:
        closed = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            said.append(message.get("code", message["type"]))
            if message["type"] == "websocket.send":
                await sending()
            if message["type"] == "websocket.close":
                closed.set()

        async def receive() -> dict[str, Any]:
            if said:
                await closed.wait()
                return {"type": "websocket.disconnect", "code": 1000}
            return {"type": "websocket.connect"}

        socket = asyncio.create_task(Consumer()({"type": "websocket"}, receive, send))
        await asyncio.wait_for(closed.wait(), 30)
        socket.cancel()
        await asyncio.gather(socket, return_exceptions=True)

    asyncio.run(run())
    assert feed.listeners == 0
    return said


@pytest.mark.django_db  # channels closes old connections before each message
def test_a_socket_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    said = closed_with(monkeypatch, Patient(opens=True), asyncio.Event().wait)
    assert said[-1] == TOO_SLOW


@pytest.mark.django_db
def test_a_socket_is_told_to_come_again_where_the_stream_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    said = closed_with(monkeypatch, Patient(opens=False), asyncio.Event().wait)
    assert said[-1] == TRY_AGAIN_LATER
    assert "websocket.accept" not in said


class Busy(Patient):
    """A feed that has news for its listeners while it opens."""

    async def join(self, listener: Any) -> None:
        self.listeners += 1
        for _ in range(3):
            await asyncio.sleep(0)


@pytest.mark.django_db
def test_news_that_come_before_a_socket_is_accepted_wait_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    said = closed_with(monkeypatch, Busy(opens=True), asyncio.Event().wait)
    assert said[:2] == ["websocket.accept", "websocket.send"]


def test_a_socket_keeps_the_newest_message_alone() -> None:
    async def scene() -> tuple[str, int]:
        socket = StationConsumer()
        socket.latest = asyncio.Queue(maxsize=1)
        for text in ("first", "second", "third"):
            socket.offer(text)
        return await socket.next_message(), socket.latest.qsize()

    assert asyncio.run(scene()) == ("third", 0)
