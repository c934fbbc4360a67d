"""A phone that loses its connection: what it has kept, and how old that is."""

import re
import signal
from http.server import BaseHTTPRequestHandler

import pytest

from tests import factories as make
from tests.browser.conftest import CONTROLLED, LIVE
from tests.servers.loopback import LOOPBACK, LoopbackServer, running
from tests.servers.web import daphne

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER = "(() => { const now = Date.now; Date.now = () => now() + 5 * 3_600_000; })()"  # five hours
EARLIER = LATER.replace("+", "-")
WITHOUT_NEWS = "window.WebSocket = class {}; window.fetch = () => new Promise(() => {});"
OF_ANOTHER_TIME = "This page was kept when it was last seen."


@pytest.fixture
def offline(transactional_db, visit):
    """Has seen one address once, and then lost its connection."""
    make.make_lahore()
    make.make_readings("lahore", hours=6)
    visitors = []

    def after(path):
        visitor = visit(path)
        visitors.append(visitor)
        visitor.page.wait_for_function(CONTROLLED)
        visitor.page.wait_for_selector(LIVE)
        visitor.context.set_offline(True)
        return visitor

    yield after
    for visitor in visitors:
        visitor.complaints.clear()  # the broken connection itself


def test_a_kept_page_says_how_old_it_is_when_it_is_opened_hours_later(offline):
    visitor = offline("/")
    visitor.page.add_init_script(LATER)
    page = visitor.open("/")
    page.get_by_text(re.compile("[56] hours ago")).wait_for()
    assert "is-stale" in page.get_attribute("#now", "class")
    assert page.title() == "Lahore: no current value"
    assert not page.locator("#advice").is_visible()


def test_a_phone_whose_clock_is_wrong_is_told_the_age_by_the_servers(offline, visit):
    visitor = visit(None)
    visitor.page.add_init_script(LATER)
    page = visitor.open("/")
    page.wait_for_selector(LIVE)
    assert "hours" not in page.inner_text("[data-age]")


def test_a_phone_whose_clock_was_set_right_is_told_the_age_before_any_news(offline, visit):
    visitor = visit(None)
    visitor.page.add_init_script(EARLIER)
    visitor.open("/").wait_for_selector(LIVE)
    page = visitor.context.new_page()
    page.add_init_script(WITHOUT_NEWS)
    page.goto(visitor.site)
    page.wait_for_selector("[data-explore]:visible")  # the page's script has run
    assert "hours" not in page.inner_text("[data-age]")
    assert page.locator("#advice").is_visible()


def test_a_kept_page_that_counts_no_age_says_that_it_is_of_another_time(offline):
    visitor = offline("/")
    visitor.context.set_offline(False)
    page = visitor.open("/status/")
    assert not page.get_by_text(OF_ANOTHER_TIME).is_visible()
    visitor.context.set_offline(True)
    page.reload()
    page.get_by_text(OF_ANOTHER_TIME).wait_for()


def test_a_network_that_leads_nowhere_shows_what_is_kept(lahore, visit):
    with daphne() as web:
        visitor = visit(None)
        visitor.site = web.address.replace("127.0.0.1", "localhost")  # as the others: it may have a worker
        page = visitor.open("/")
        page.wait_for_function(CONTROLLED)
        page.wait_for_selector(LIVE)
        web.process.send_signal(signal.SIGSTOP)
        page.reload(wait_until="commit")
        page.wait_for_selector("[data-explore]:visible")
        assert page.inner_text("[data-live=number]") == "170"
        page.goto("about:blank")
        visitor.complaints.clear()  # the silent network itself


@pytest.mark.parametrize(("status", "leads_home"), [(502, True), (429, True), (500, False)])
def test_while_no_page_comes_a_phone_shows_what_is_kept(lahore, visit, status, leads_home):
    """What broke is one page, perhaps: where it was never seen, it says so itself."""
    visitor = visit(None)
    with daphne() as web:
        visitor.site = web.address.replace("127.0.0.1", "localhost")
        page = visitor.open("/")
        page.wait_for_function(CONTROLLED)
        page.wait_for_selector(LIVE)
    refusing = type("Refusing", (Refusal,), {"status": status})
    with running(LoopbackServer((LOOPBACK, web.port), refusing)):
        page.reload()
        assert page.inner_text("[data-live=number]") == "170"
        visitor.open("/lahore/lahore/history/")
        assert page.url == f"{visitor.site}/{'' if leads_home else 'lahore/lahore/history/'}"
        page.goto("about:blank")
    visitor.complaints.clear()  # the refusals themselves


class Refusal(BaseHTTPRequestHandler):
    status = 0

    def do_GET(self) -> None:
        self.send_error(self.status)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_the_very_first_page_is_there_without_a_connection(offline):
    page = offline("/").page
    page.reload()
    assert page.inner_text("[data-live=number]") == "170"
    page.get_by_text("You are offline.").wait_for()


def test_a_page_that_was_never_seen_leads_to_the_last_known_state(offline):
    visitor = offline("/lahore/lahore/")
    for path in ("/lahore/lahore/history/", "/lahore/lahore/?pollutant=o3"):
        page = visitor.open(path)
        assert page.url == f"{visitor.site}/"
        page.get_by_text("You are offline.").wait_for()
