"""The officers' inbox: page and socket."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Group, User
from django.db import DatabaseError
from django.test import Client

from alerts import inbox, tasks
from alerts.live import feed
from alerts.models import Alert, Contact, Delivery, Rule
from alerts.sending import delivery
from aqi_project import clock
from aqi_project.asgi import application
from aqi_project.web.consumer import TRY_AGAIN_LATER
from detection.models import Anomaly

pytestmark = pytest.mark.django_db
Happen = Callable[..., Anomaly]


def work() -> None:
    tasks.process_events()
    delivery.send_due()


def test_an_alert_is_in_the_inbox_unread(officer_client: Client, rule: Rule, happen: Happen) -> None:
    happen()
    work()
    page = officer_client.get("/inbox/").content.decode()
    assert "About twice the usual" in page
    assert "1 unread message" in page
    assert "· Firing" in page


def test_it_is_read_and_taken_on(officer_client: Client, rule: Rule, happen: Happen) -> None:
    happen()
    work()
    row = Delivery.objects.get()
    officer_client.post(f"/inbox/{row.reference}/read")
    officer_client.post(f"/inbox/alerts/{row.alert}/acknowledge")
    assert Alert.objects.get().acknowledged_by == "zainab"
    page = officer_client.get("/inbox/").content.decode()
    assert "0 unread messages" in page
    assert "taken on by zainab" in page


def test_it_shows_how_quickly_alerts_were_told_and_taken_on(officer_client: Client, rule: Rule, happen: Happen) -> None:
    happen()
    work()
    officer_client.post(f"/inbox/alerts/{Alert.objects.get().identifier}/acknowledge")
    measured = inbox.measures()
    assert all(span is not None and span.total_seconds() >= 0 for span in measured.values())
    assert "Half were taken on within" in officer_client.get("/inbox/").content.decode()


def tell(user: User, count: int) -> str:
    """Messages m0, m1 and so on, a second apart, the last one now; the uid of who got them."""
    uid = Contact.objects.get(user=user).uid
    for number in range(count):
        at = clock.now() - timedelta(seconds=count - 1 - number)
        told = {"reference": f"m{number}", "message": f"m{number}", "kind": "alert", "created_at": at}
        Delivery.objects.create(contact=uid, channel="inapp", **told)
    return uid


def test_every_message_can_be_reached_however_many_there_are(
    officer_client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 200 unread ones the page showed 50, and there was no way to the others."""
    monkeypatch.setattr(inbox, "LENGTH", 2)
    tell(user, 5)
    seen, links, path = [], [], "/inbox/"
    while path:
        page = officer_client.get(path).content.decode()
        seen.append(re.findall(r'<li class="card unread" id="(.+?)"', page))
        links.append(re.findall(r'href="(/inbox/\?skip=\d+)">\s*(\w+)', page))
        path = next((address for address, name in links[-1] if name == "Older"), "")
    assert seen == [["m4", "m3"], ["m2", "m1"], ["m0"]]
    assert links[1] == [("/inbox/?skip=0", "Newer"), ("/inbox/?skip=4", "Older")]
    assert 'data-inbox="/inbox/list?skip=4"' in page
    assert 'id="m4"' in officer_client.get("/inbox/?skip=-1").content.decode()


def test_a_button_leads_back_to_its_message_on_the_page_it_was_pressed_on(
    officer_client: Client, user: User, rule: Rule, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LENGTH", 1)
    happen()
    work()
    told = Delivery.objects.get()
    tell(user, 1)
    page = officer_client.get("/inbox/?skip=1").content.decode()
    actions = re.findall(r'action="(/inbox/.+?#.+?)"', page)
    assert len(actions) == 4
    for action in actions:
        path, _, message = action.partition("#")
        answer = officer_client.post(path, {"text": "I look.", "hours": 4, "reason": "maintenance"})
        assert (answer.headers["Location"], message) == ("/inbox/?skip=1", told.reference)
    refused = officer_client.post(actions[2].partition("#")[0], {"text": ""})
    assert 'href="/inbox/?skip=1"' in refused.content.decode()


def test_all_that_was_seen_is_read_at_once_also_what_the_page_is_too_short_for(
    officer_client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LENGTH", 1)
    uid = tell(user, 3)
    assert 'name="newest" value="m2"' in officer_client.get("/inbox/").content.decode()
    officer_client.post("/inbox/read", {"newest": "m1"})
    assert list(Delivery.objects.filter(read_at=None).values_list("reference", flat=True)) == ["m2"]
    officer_client.post("/inbox/read", {"newest": "of nobody"})
    officer_client.post("/inbox/read")
    assert inbox.unread({uid}) == 1


def test_nobody_reads_another_ones_messages(officer_client: Client, rule: Rule, happen: Happen) -> None:
    happen()
    work()
    other = User.objects.create_user("omar")
    other.groups.add(Group.objects.get())
    client = Client()
    client.force_login(other)
    page = client.get("/inbox/").content.decode()
    assert "0 unread messages" in page
    assert "About twice the usual" not in page
    client.post(f"/inbox/{Delivery.objects.get().reference}/read")
    client.post("/inbox/read", {"newest": Delivery.objects.get().reference})
    assert Delivery.objects.get().read_at is None


@pytest.mark.parametrize("path", ["/inbox/", "/inbox/list", "/reviews/"])
def test_a_stranger_is_asked_to_log_in(client: Client, path: str, db: None) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/inbox/login")


def test_an_account_outside_the_group_is_refused(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("visitor"))
    assert client.get("/inbox/").status_code == 403


def test_who_has_no_contact_is_told_why_nothing_comes(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("admin"))
    page = client.get("/inbox/").content.decode()
    assert "No contact belongs to your account" in page
    assert "js/inbox" not in page  # whose socket would be refused for ever


def test_an_officer_can_log_in(client: Client, user: User) -> None:
    answer = client.post("/inbox/login", {"username": "zainab", "password": "a-long-passphrase"})
    assert answer.headers["Location"] == "/inbox/"


async def connect(headers: list[tuple[bytes, bytes]]) -> tuple[WebsocketCommunicator, bool]:
    base = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    socket = WebsocketCommunicator(application, "/ws/inbox/", headers=[*base, *headers])
    connected, _ = await socket.connect(timeout=10)
    return socket, connected


@pytest.mark.django_db(transaction=True)
def test_a_new_message_reaches_the_open_inbox(officer_client: Client, rule: Rule, happen: Happen) -> None:
    cookie = (b"cookie", f"sessionid={officer_client.cookies['sessionid'].value}".encode())

    async def scene() -> dict[str, Any]:
        socket, connected = await connect([cookie])
        assert connected
        await asyncio.to_thread(happen)
        await asyncio.to_thread(work)
        news: dict[str, Any] = json.loads(await socket.receive_from(timeout=5))
        await socket.disconnect()
        return news

    assert asyncio.run(scene()) == {"type": "inbox", "unread": 1}


@pytest.mark.django_db(transaction=True)
def test_a_socket_that_can_tell_no_more_is_closed_so_that_the_page_comes_back(
    officer_client: Client, rule: Rule, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = (b"cookie", f"sessionid={officer_client.cookies['sessionid'].value}".encode())

    def gone(contacts: set[str]) -> int:
        raise DatabaseError("no primary")

    async def scene() -> dict[str, Any]:
        socket, connected = await connect([cookie])
        assert connected
        monkeypatch.setattr(inbox, "unread", gone)
        await asyncio.to_thread(happen)
        await asyncio.to_thread(work)
        said: dict[str, Any] = await socket.receive_output(timeout=5)
        await socket.disconnect()
        return said

    said = asyncio.run(scene())
    assert (said["type"], said["code"]) == ("websocket.close", TRY_AGAIN_LATER)


@pytest.mark.django_db(transaction=True)
def test_nobody_talks_to_an_inbox_whose_socket_was_torn_down(officer_client: Client) -> None:
    cookie = (b"cookie", f"sessionid={officer_client.cookies['sessionid'].value}".encode())

    async def scene() -> dict[str, Any]:
        socket, connected = await connect([cookie])
        assert connected
        assert feed._listeners
        socket.future.cancel()  # as daphne ends what does not end by itself
        await asyncio.gather(socket.future, return_exceptions=True)
        return dict(feed._listeners)

    assert asyncio.run(scene()) == {}


def test_the_socket_is_for_officers_alone(db: None) -> None:
    async def scene() -> bool:
        _, connected = await connect([])
        return connected

    assert asyncio.run(scene()) is False


def test_times_are_those_of_the_officers_wall(officer_client: Client, rule: Rule, happen: Happen) -> None:
    happen()
    work()
    wall = Delivery.objects.get().created_at.astimezone(ZoneInfo("Asia/Karachi"))
    assert f"{wall:%H:%M}</time>" in officer_client.get("/inbox/").content.decode()


@pytest.mark.parametrize("button", ["read", "alerts/a/acknowledge", "alerts/a/comment", "alerts/a/silence"])
def test_a_button_that_was_pressed_after_the_session_had_ended_leads_back_to_the_inbox(button: str) -> None:
    User.objects.create_user("zainab", password="pass")
    client = Client()
    asked = client.post(f"/inbox/{button}").headers["location"]
    back = client.post(asked, {"username": "zainab", "password": "pass"})
    assert back.headers["location"] == "/inbox/"
