"""What `make run` says when it serves, where, and only then."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from aqi_project.up import Announcement
from tests.servers.loopback import LoopbackServer, running

SITE = "https://air.example.org"


class Web(LoopbackServer):
    """Answers with `status`, and notes whom it was asked for."""

    status = 200

    def __init__(self, host: str = "127.0.0.2") -> None:
        self.asked: list[str] = []
        super().__init__((host, 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.headers['Host']}{self.path}")
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[Web]:
    """Listens where HOST may say, and not on localhost."""
    with running(Web()) as server:
        yield server


@pytest.fixture
def announcement(web: Web) -> Announcement:
    return Announcement("127.0.0.2", web.port, SITE)


def test_it_says_once_where_people_find_the_site(announcement: Announcement, web: Web, capsys) -> None:
    announcement.look()
    said = capsys.readouterr().out
    assert f"The air is at   {SITE}/\n" in said
    assert f"{SITE}/admin/" in said
    assert f"{SITE}/api/docs" in said
    announcement.look()
    assert capsys.readouterr().out == ""
    assert web.asked == ["air.example.org/health/ready"]


def test_a_name_that_the_site_does_not_go_by_is_an_answer_too(announcement: Announcement, web: Web, capsys) -> None:
    """Else it would ask on for ever, and the log would be full of refusals."""
    web.status = 400
    announcement.look()
    assert SITE in capsys.readouterr().out


def test_it_waits_until_the_database_answers(announcement: Announcement, web: Web, capsys) -> None:
    web.status = 503
    announcement.look()
    assert capsys.readouterr().out == ""
    web.status = 200
    announcement.look()
    assert SITE in capsys.readouterr().out


def test_where_nothing_listens_it_says_nothing(web: Web, capsys) -> None:
    Announcement("127.0.0.3", web.port, SITE).look()
    assert capsys.readouterr().out == ""
