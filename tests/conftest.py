"""What every test shares."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import TransactionTestCase
from django.utils import translation

from aqi_project import clock
from tests.database import flush

if TYPE_CHECKING:
    from aqi_project.queue.broker import Broker

PROCESSES = "processes"
SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may run beside each other (`make test`): files may, but only one test at a time starts real processes.

    Those processes take longest and come first; then files with many tests, so that the cores end together.
    """
    for item in items:
        apart = any(item.iter_markers("processes")) or any(item.iter_markers("browser"))
        item.add_marker(pytest.mark.xdist_group(PROCESSES if apart else item.path.stem))
    sizes = Counter(map(_group, items))
    items.sort(key=lambda item: (_group(item) != PROCESSES, -sizes[_group(item)], _group(item)))


def _group(item: pytest.Item) -> str:
    return str(next(item.iter_markers("xdist_group")).args[0])


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the larger data sets, which is not part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the larger data sets beside the repository (../shared/data)")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Also by the processes of a suite that a shell has started with `&`: it ignores Ctrl-C, and they inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """After each test only what it has written is removed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashed as ever, in fewer rounds; a hash carries their number, so that other processes can check it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
        yield


@pytest.fixture(autouse=True)
def speaks_english() -> None:
    """A request in Urdu leaves its language behind; no test meets that of another."""
    translation.deactivate()


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, so that no window of a limit ends between two tries."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def broker(db: None) -> Iterator["Broker"]:
    """An empty queue."""
    from django_q.brokers import get_broker  # reads the settings

    broker = get_broker()
    broker.purge_queue()
    yield broker
    broker.purge_queue()
