"""From an insert in MongoDB to a socket: the real change stream, the real consumer."""

import asyncio
import json
from datetime import timedelta

import pytest
from bson.errors import InvalidBSON
from channels.testing import WebsocketCommunicator
from django.db import DatabaseError
from django.utils import timezone
from pymongo.errors import AutoReconnect, OperationFailure

from aqi_project.asgi import application
from aqi_project.web import change_stream
from dashboard import live
from dashboard.live import feed
from ingestion.models import Station
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30  # seconds; a busy machine is not a broken one
HEADERS = [(b"origin", b"http://localhost"), (b"host", b"localhost")]


def talk(scene, path="/ws/stations/lahore/?lang=en"):
    """Run `scene(socket)` with an open socket and close it afterwards."""

    async def run():
        socket = WebsocketCommunicator(application, path, headers=HEADERS)
        connected, code = await socket.connect(timeout=PATIENCE)
        assert connected, code
        try:
            return await scene(socket)
        finally:
            await socket.disconnect()

    return asyncio.run(run())


async def write(**fields):
    await asyncio.to_thread(make.make_reading, "lahore", fields.pop("at", make.this_hour()), **fields)


async def news(socket):
    return json.loads(await socket.receive_from(timeout=PATIENCE))


def test_a_new_reading_reaches_the_socket(lahore):
    async def scene(socket):
        await write(aqi=321)
        return await news(socket)

    message = talk(scene)
    assert message["type"] == "now"
    assert message["number"] == "321"


def test_the_scores_that_follow_a_reading_reach_it_too(lahore):
    async def scene(socket):
        await write(aqi=321)
        await news(socket)
        await write(aqi=322, scores={"pm2_5": {"score": 0.9}})
        return await news(socket)

    assert talk(scene)["number"] == "322"


def test_a_burst_becomes_few_messages_and_the_last_one_is_the_newest(lahore):
    async def scene(socket):
        for step in range(40):
            await write(aqi=200 + step)
        seen = [await news(socket)]
        while seen[-1]["number"] != "239":
            seen.append(await news(socket))
        return seen

    assert len(talk(scene)) < 20


def test_it_speaks_the_language_of_the_address(lahore):
    async def scene(socket):
        await write(aqi=321)
        return await news(socket)

    assert talk(scene, "/ws/stations/lahore/?lang=ur")["category"] == "خطرناک"


def test_it_hears_nothing_of_other_stations(lahore):
    async def scene(socket):
        await asyncio.to_thread(make.make_reading, "karachi", make.this_hour())
        assert await socket.receive_nothing(timeout=0.5)

    talk(scene)


def test_an_unknown_station_is_refused(db):
    async def run():
        socket = WebsocketCommunicator(application, "/ws/stations/nowhere/", headers=HEADERS)
        return await socket.connect()

    connected, code = asyncio.run(run())
    assert not connected
    assert code == 4404


@pytest.mark.parametrize("path", ["/ws/stations/lahore", "/ws/nothing/", "/"])
def test_an_address_that_is_no_socket_s_is_refused_like_an_unknown_station(path):
    """It would be an error of the server's else, with its traceback in the log for each try."""

    async def run():
        return await WebsocketCommunicator(application, path, headers=HEADERS).connect()

    assert asyncio.run(run()) == (False, 4404)


def test_a_private_station_is_refused(db):
    make.make_station(is_public=False)

    async def run():
        return await WebsocketCommunicator(application, "/ws/stations/lahore/", headers=HEADERS).connect()

    assert asyncio.run(run())[0] is False


def test_a_page_of_another_site_is_refused(lahore):
    headers = [(b"origin", b"http://elsewhere.example"), (b"host", b"localhost")]

    async def run():
        return await WebsocketCommunicator(application, "/ws/stations/lahore/", headers=headers).connect()

    assert asyncio.run(run())[0] is False


def test_the_stream_ends_with_the_last_socket(lahore):
    async def scene(socket):
        assert feed._tasks

    talk(scene)
    assert not feed._tasks
    assert not feed._listeners


def test_what_comes_while_the_stream_is_broken_is_told_after_it_resumed(lahore, monkeypatch):
    monkeypatch.setattr(change_stream, "BETWEEN_TRIES", 0.1)

    async def scene(socket):
        await write(aqi=301)
        await news(socket)
        await asyncio.to_thread(kill_cursors)
        await write(aqi=302)
        return await news(socket)

    assert talk(scene)["number"] == "302"


def kill_cursors():
    """Ends every open change stream on the server's side, and nothing else."""
    readings = make.collection(make.Reading)
    for work in readings.database.client.admin.aggregate([{"$currentOp": {"idleCursors": True}}]):
        cursor = work.get("cursor", {})
        if "$changeStream" in str(cursor.get("originatingCommand", "")):
            readings.database.command("killCursors", readings.name, cursors=[cursor["cursorId"]])


def break_stream(breaks, monkeypatch):
    """The change stream, which breaks once, as soon as it is open."""
    monkeypatch.setattr(change_stream, "BETWEEN_TRIES", 0.05)
    real, ways = change_stream._stream, iter([breaks])

    async def stream(*given):
        async for value, place in real(*given):
            yield value, place
            if way := next(ways, None):
                await way()

    monkeypatch.setattr(change_stream, "_stream", stream)


def test_what_comes_while_a_stream_is_broken_that_had_told_nothing_yet_is_told(lahore, monkeypatch):
    async def breaks():
        await write(aqi=303)
        raise AutoReconnect("the server went away")

    break_stream(breaks, monkeypatch)
    assert talk(news)["number"] == "303"


def test_clients_reload_where_the_stream_cannot_resume(lahore, monkeypatch):
    monkeypatch.setattr(change_stream, "BETWEEN_TRIES", 0.05)

    real, losses = change_stream._stream, iter([True])

    async def lost(*given):
        if next(losses, False):
            raise OperationFailure("the resume token is gone", code=286)
        async for value in real(*given):
            yield value

    async def scene(socket):
        monkeypatch.setattr(change_stream, "_stream", lost)
        while await socket.receive_nothing(timeout=0.5):  # the driver itself mends a break of some kinds
            await asyncio.to_thread(kill_cursors)
        return await news(socket)

    assert talk(scene)["type"] == "reload"


def test_clients_reload_where_something_in_the_stream_could_not_be_read(lahore, monkeypatch):
    """Reading it again from the same place would break again."""

    async def breaks():
        raise InvalidBSON("year 292277026 is out of range")

    break_stream(breaks, monkeypatch)
    assert talk(news)["type"] == "reload"


def test_news_that_the_database_failed_to_give_are_told_a_little_later(lahore, monkeypatch):
    real, failures = live.message, iter([True])

    def message(*given):
        if next(failures, False):
            raise DatabaseError("no primary")
        return real(*given)

    async def scene(socket):
        await write(aqi=305)
        return await news(socket)

    monkeypatch.setattr(live, "message", message)
    monkeypatch.setattr(live, "TRY_AGAIN", 0.2)
    assert talk(scene)["number"] == "305"


def test_the_message_says_when_it_will_be_stale(lahore):
    async def scene(socket):
        await write(aqi=321, received_at=timezone.now())
        return await news(socket)

    assert talk(scene)["stale_after"].startswith((make.this_hour() + timedelta(hours=3)).isoformat()[:16])


def test_a_station_whose_news_cannot_be_told_silences_no_other(lahore, monkeypatch):
    async def scene(socket):
        monkeypatch.setattr(live, "now", lambda scene: {}["a bug"])
        await write(aqi=321)
        assert await socket.receive_nothing(timeout=1.0)
        monkeypatch.undo()
        await write(aqi=322)
        return await news(socket)

    assert talk(scene)["number"] == "322"


def test_a_station_that_has_become_private_is_told_of_no_more(lahore):
    async def scene(socket):
        await asyncio.to_thread(Station.objects.update, is_public=False)
        await write(aqi=321)
        return await news(socket)

    assert talk(scene) == {"type": "reload"}
