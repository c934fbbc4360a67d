"""A real Chromium in front of a real daphne on the tests' own MongoDB."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from dashboard.views.city import KEPT_FOR
from ingestion.models import Station
from tests import factories as make
from tests.browser_needed import HINT, find
from tests.project.system import ROOT
from tests.servers.web import daphne

PATIENCE = 30.0  # seconds
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-sync", "--no-first-run"]
LIVE = "[data-live=socket]"
CONTROLLED = "navigator.serviceWorker.controller !== null"
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="package")
def chromium() -> Iterator[object]:
    """Gone after the last browser test: while it runs, no other test could run an event loop in this thread."""
    if not find():
        pytest.skip(f"Chromium was not found. {HINT}")
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, which makes Django refuse to talk to its database here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[str]:
    """Address of one web process that reads the tests' database; it holds no state, so all tests share it."""
    with daphne() as web:
        yield f"http://localhost:{web.port}"


class Visit:
    """One tab and everything it complained about."""

    def __init__(self, browser: object, site: str, **options: object) -> None:
        self.context = browser.new_context(**{**PHONE, "locale": "en-GB", **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.wait_for_function = self._wait_for_function
        self._wait_for_selector, self.page.wait_for_selector = self.page.wait_for_selector, self._telling_wait
        self.site = site
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def _wait_for_function(self, expression: str, arg: object = None) -> None:
        """As Playwright's, which evaluates in the page: our Content-Security-Policy forbids that, as it should."""
        self.wait_until(lambda: self.page.evaluate(expression, arg), expression)

    def _telling_wait(self, selector: str, **options: object) -> object:
        """What the page shows instead is half of the way to the reason."""
        try:
            return self._wait_for_selector(selector, **options)
        except Exception as error:
            error.add_note(f"{self.page.url} shows: {self.page.inner_text('body')[:500]}")
            raise

    def wait_until(self, condition: Callable[[], object], name: str) -> None:
        """For what is seen here and not in the page, while the browser goes on."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, name
            self.page.wait_for_timeout(50)

    def _note(self, message: object) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, path: str = "/") -> object:
        self.page.goto(self.site + path)
        return self.page


@pytest.fixture(scope="session")
def left() -> list[float]:
    """When the last visit of each earlier test ended, on the monotonic clock."""
    return [0.0]


@pytest.fixture
def visit(chromium: object, site: str, left: list[float]) -> Iterator[object]:
    """`visit(path, **options of the context)` opens a page on a phone; `visit(None)` only prepares it.

    The front page's station of the test before has been forgotten. No console error may be left at the end.
    """
    visits: list[Visit] = []

    def start(path: str | None = "/", **options: object) -> Visit:
        time.sleep(max(left[-1] + KEPT_FOR - time.monotonic(), 0))
        visits.append(Visit(chromium, site, **options))
        if path is not None:
            visits[-1].open(path)
        return visits[-1]

    yield start
    for one in visits:
        one.context.close()
    left.append(time.monotonic())
    assert [complaint for one in visits for complaint in one.complaints] == []


def hurry(visitor: Visit) -> Visit:
    """The page's own scripts with their waits cut short."""
    for name, slow, fast in (("feed", "POLL = 30_000", "POLL = 300"), ("drawing", "SPREAD = 20_000", "SPREAD = 100")):
        script = (ROOT / f"static/js/city/{name}.js").read_text()
        assert slow in script
        visitor.page.route(f"**/js/city/{name}.js", answer_with(script.replace(slow, fast)))
    return visitor


def answer_with(script: str) -> Callable[[object], None]:
    return lambda route: route.fulfill(body=script, content_type="text/javascript")


@pytest.fixture
def lahore(transactional_db: None) -> Station:
    station = make.make_lahore()
    make.make_readings("lahore", hours=48, until=make.this_hour() - make.HOUR)
    make.make_band("lahore/pm2_5", make.this_hour())
    make.make_forecast("lahore/pm2_5", make.this_hour())
    return station
