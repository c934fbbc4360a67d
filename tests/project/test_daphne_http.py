"""Bodies that are too large are refused before they have come, and leave nothing behind."""

import json
import socket
from collections.abc import Iterator
from http.client import IncompleteRead
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest

from tests.servers.web import Web, daphne

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
PART = b"x" * 1_000_000
HEAD = b"POST /api/v1/readings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
ANSWER_LIMIT = 10.0  # seconds
LEAST_GROWTH = 15_000_000  # bytes of memory that would tell that a body was kept


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Web]:
    with daphne() as started:
        yield started


def sent(web: Web, *parts: bytes) -> bytes:
    """The whole answer, where all parts are sent before it is read."""
    with socket.create_connection(("127.0.0.1", web.port), ANSWER_LIMIT) as client:
        for part in parts:
            client.sendall(part)
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
            if answer.endswith(b"}}"):
                break
        return answer


def test_what_follows_a_head_is_the_next_answer(web: Web) -> None:
    """A client that keeps its connection took the rest of the body for the beginning of that answer."""
    asked = [line + b" HTTP/1.1\r\nHost: localhost\r\n\r\n" for line in (b"HEAD /api/schema", b"GET /api/none")]
    head, next_answer = sent(web, *asked).split(b"\r\n\r\n", 1)
    assert b"Content-Length: 0" not in head
    assert code(next_answer) == (b"404", "not_found")


def code(answer: bytes) -> tuple[bytes, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split()[1], json.loads(body)["error"]["code"]


def test_a_length_that_is_too_large_is_refused_before_the_body(web: Web) -> None:
    assert code(sent(web, HEAD + b"Content-Length: 50000000\r\n\r\n")) == (b"413", "too_large")


def test_nobody_who_asks_first_is_invited_to_send_it(web: Web) -> None:
    answer = sent(web, HEAD + b"Expect: 100-continue\r\nContent-Length: 50000000\r\n\r\n")
    assert not answer.startswith(b"HTTP/1.1 100")
    assert code(answer) == (b"413", "too_large")


def test_a_body_without_a_length_is_refused_while_it_streams_in(web: Web) -> None:
    chunk = b"%x\r\n%s\r\n" % (len(PART), PART)
    unended = [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 12]
    assert code(sent(web, *unended)) == (b"413", "too_large")


def test_who_sends_fifty_megabytes_all_the_same_gets_the_answer_and_they_are_not_kept(web: Web) -> None:
    process = psutil.Process(web.process.pid)
    before = process.memory_info().rss
    answer = sent(web, HEAD + b"Content-Length: 50000000\r\n\r\n", *[PART] * 50)
    assert code(answer) == (b"413", "too_large")
    assert process.memory_info().rss - before < LEAST_GROWTH


def test_what_fits_reaches_the_application(web: Web) -> None:
    answer = sent(web, HEAD + b"Content-Length: 9000000\r\n\r\n", *[PART] * 9)
    assert code(answer)[0] == b"401"


def test_a_form_that_is_broken_reaches_the_application(web: Web) -> None:
    """It got a 400 without a body, which no client of the API could read."""
    head = HEAD.replace(b"application/json", b"multipart/form-data; boundary=x").replace(b"/readings", b"/predict")
    assert code(sent(web, head + b"Content-Length: 3\r\n\r\nabc")) == (b"415", "unsupported_media_type")


def test_a_body_in_chunks_is_read(web: Web) -> None:
    chunks = (
        HEAD.replace(b"/readings", b"/predict") + b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    )
    assert b"Send an object with timestamp" in sent(web, chunks)  # of nothing at all it says what is missing


def test_who_reads_an_answer_that_breaks_off_sees_it_at_once() -> None:
    with daphne("tests.servers.breaking:application") as breaking:
        for _ in range(2):  # the server looks after its connections as before
            with pytest.raises((IncompleteRead, ConnectionResetError)):
                urlopen(f"{breaking.address}/long", timeout=ANSWER_LIMIT).read()  # noqa: S310 (our own address)
        with pytest.raises(HTTPError, match="500"):
            urlopen(f"{breaking.address}/at-once", timeout=ANSWER_LIMIT)  # noqa: S310 (our own address)
