"""What is handed to the kernel at once arrives as what waits for it does: whole, in order, and to nobody's harm."""

import time
from collections.abc import Iterator

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.servers import flood
from tests.servers.web import Web, daphne

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
LIMIT = 10.0  # seconds
SLOW = 0.5  # seconds that a slow reader lets pass: all buffers are full by then


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Web]:
    with daphne("tests.servers.flood:application") as started:
        yield started


def connected(web: Web) -> ClientConnection:
    address = web.address.replace("http", "ws")
    return connect(address, max_size=None, compression=None, max_queue=1, open_timeout=LIMIT, close_timeout=0.2)


def everything(socket: ClientConnection) -> list[str]:
    return [str(socket.recv(LIMIT)) for _ in range(flood.MESSAGES)]


WANTED = [flood.message(number) for number in range(flood.MESSAGES)]


def test_a_slow_reader_gets_each_message_whole_and_in_order(web: Web) -> None:
    with connected(web) as socket:
        time.sleep(SLOW)
        assert everything(socket) == WANTED


def test_what_is_sent_after_the_line_was_full_comes_after_what_waited(web: Web) -> None:
    with connected(web) as socket:
        socket.send("more")
        assert [*everything(socket), socket.recv(LIMIT)] == [*WANTED, "again"]


def test_one_who_reads_nothing_or_hangs_up_holds_up_no_other(web: Web) -> None:
    with connected(web), connected(web) as gone, connected(web) as reader:
        gone.socket.close()
        assert everything(reader) == WANTED
