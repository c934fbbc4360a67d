"""Pages that stay open for hours: what each asks for anew, and in whose words."""

import pytest

from tests import factories as make
from tests.browser.conftest import CONTROLLED, LIVE, answer_with, hurry
from tests.project.system import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZOOMED = "document.querySelector('.explored-plot')"


def test_an_embedded_number_is_renewed(lahore, visit):
    visitor = visit(None)
    script = (ROOT / "static/js/embed.js").read_text()
    visitor.page.route("**/js/embed.js", answer_with(script.replace("EVERY = 60_000", "EVERY = 200")))
    page = visitor.open("/embed/lahore/?lang=ur")
    assert page.inner_text(".number") == "170"
    make.make_reading("lahore", make.this_hour(), aqi=321, pm2_5=244.0)
    page.wait_for_function("document.querySelector('.number').textContent === '321'")
    assert page.inner_text("h1") == "لاہور"
    colour = "getComputedStyle(document.querySelector('.card')).getPropertyValue('--level')"
    assert page.evaluate(colour) == "#7e0023"


def test_an_embedded_number_whose_server_is_away_says_when_it_is_old(lahore, visit):
    """However wrong the device's clock is: three hours of readings each hour have to pass on it."""
    visitor = visit(None)
    visitor.page.clock.install(time="2020-02-29T12:00:00Z")
    page = visitor.open("/embed/lahore/?lang=ur")
    visitor.context.set_offline(True)
    page.clock.fast_forward("00:30:00")
    assert page.inner_text(".state") == ""
    page.clock.fast_forward("03:00:00")
    page.wait_for_function("document.querySelector('.card.is-stale .state')?.textContent.includes('آخری معلوم')")
    visitor.complaints.clear()  # the broken connection itself
    visitor.context.set_offline(False)
    page.clock.fast_forward("00:01:00")
    page.wait_for_function("!document.querySelector('.card.is-stale')")


def test_a_zoomed_chart_takes_the_next_reading_in_and_stays_zoomed(lahore, visit):
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    page.click("[data-explore]")
    page.wait_for_selector(".explored-plot .main-svg")
    page.evaluate(f"Plotly.relayout({ZOOMED}, {{ 'yaxis.range': [100, 300] }})")
    make.make_reading("lahore", make.this_hour(), pm2_5=244.0)
    page.wait_for_function(f"{ZOOMED}.data.find((one) => one.connectgaps === false).y.at(-1) === 244")
    assert page.evaluate(f"{ZOOMED}.layout.yaxis.range") == [100, 300]


def test_a_choice_is_remembered_where_the_worker_asks_for_the_page(lahore, visit):
    visitor = visit()
    visitor.page.wait_for_function(CONTROLLED)
    visitor.page.click("[hreflang=ur]")
    visitor.page.wait_for_selector("html[lang=ur]")
    visitor.open("/lahore/lahore/history/")
    assert visitor.page.get_attribute("html", "lang") == "ur"


def test_without_cookies_an_open_page_goes_on_in_the_words_of_its_address(lahore, visit):
    visitor = hurry(visit(None))
    visitor.page.route("**/*", without_cookies)
    page = visitor.open("/?lang=ur&standard=india_cpcb")
    page.wait_for_selector(LIVE)
    make.make_anomaly("lahore", make.this_hour())
    make.make_reading("lahore", make.this_hour(), aqi=321, pm2_5=244.0)
    page.locator(".lately .event-card").wait_for()
    assert "معمول سے تقریباً تین گنا" in page.inner_text(".lately .event-card")
    assert not page.inner_text("[data-live=category]").isascii()
    assert "بھارتی" in page.inner_text("[data-live=standard]")


def without_cookies(route):
    headers = {name: value for name, value in route.request.headers.items() if name != "cookie"}
    route.fallback(headers=headers)
