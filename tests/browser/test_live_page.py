"""What a person sees: the real page, in a real browser, from a real web process."""

import pytest

from detection.models import Forecast
from ingestion.models import Reading, Station
from tests import factories as make
from tests.browser.conftest import CONTROLLED, LIVE, hurry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_reading_arrives_and_the_page_moves(lahore, visit):
    page = visit().page
    page.wait_for_selector(LIVE)
    before = page.get_attribute(".plot .line", "d")
    make.make_reading("lahore", make.this_hour(), aqi=321, pm2_5=244.0)
    page.wait_for_function("document.querySelector('[data-live=number]').textContent === '321'")
    assert page.inner_text("[data-live=category]") == "Hazardous"
    assert page.get_attribute(".shape", "data-shape") == "cross"
    page.wait_for_function("before => document.querySelector('.plot .line').getAttribute('d') !== before", arg=before)
    page.wait_for_function(f"document.querySelector('.chart').dataset.newest === '{make.this_hour().isoformat()}'")


def test_an_answer_that_took_long_is_not_shown_over_what_came_meanwhile(lahore, visit):
    visitor, held = visit(None), []
    visitor.page.route("**/now.json*", lambda route: held.append((route, route.fetch())))
    page = visitor.open()
    page.wait_for_selector(LIVE)
    visitor.wait_until(lambda: held, "the first question")
    make.make_reading("lahore", make.this_hour(), aqi=321, pm2_5=244.0)
    page.wait_for_function("document.querySelector('[data-live=number]').textContent === '321'")
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_timeout(500)
    assert page.inner_text("[data-live=number]") == "321"


def test_without_the_socket_it_asks_again_and_again(lahore, visit, chromium):
    visitor = hurry(visit(None))
    visitor.page.add_init_script("window.WebSocket = class { constructor() { setTimeout(() => this.onclose()); } }")
    page = visitor.open()
    page.wait_for_selector("[data-live=polling]")
    make.make_reading("lahore", make.this_hour(), aqi=321)
    page.wait_for_function("document.querySelector('[data-live=number]').textContent === '321'")


def test_it_says_when_it_is_offline(lahore, visit):
    visitor = visit()
    visitor.page.wait_for_selector(LIVE)
    visitor.context.set_offline(True)
    visitor.page.get_by_text("You are offline.").wait_for()
    visitor.complaints.clear()  # the broken connection itself


def test_a_station_with_brackets_in_its_name_keeps_it_in_the_title(lahore, visit):
    Station.objects.update(name="Lahore (Gulberg): roof")
    page = visit().page
    page.wait_for_selector(LIVE)
    make.make_reading("lahore", make.this_hour(), aqi=321, pm2_5=244.0)
    page.wait_for_function("document.title === 'Lahore (Gulberg): roof: Hazardous (321)'")


KEPT = """async () => {
  const names = await caches.keys(), pages = [];
  for (const name of names) pages.push(...await (await caches.open(name)).keys());
  return pages.map((one) => new URL(one.url).pathname);
}"""


def test_a_phone_keeps_the_pages_of_the_air_and_none_of_a_persons_own(lahore, visit):
    visitor = visit()
    visitor.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    visitor.page.wait_for_function(CONTROLLED)
    for path in ("/inbox/login", "/subscribe/", "/lahore/lahore/data/"):
        visitor.open(path)
    kept = visitor.page.evaluate(KEPT)
    assert "/lahore/lahore/data/" in kept
    assert "/static/js/city.js" in kept
    assert not [path for path in kept if path.startswith(("/inbox", "/subscribe"))]


def test_a_phone_keeps_no_more_than_its_last_pages(lahore, visit):
    visitor = visit()
    visitor.page.wait_for_function(CONTROLLED)
    for number in range(45):
        visitor.open(f"/lahore/lahore/data/?number={number}")
    kept = visitor.page.evaluate(KEPT)
    assert kept.count("/lahore/lahore/data/") == 40
    assert "/static/js/city.js" in kept


def test_it_says_when_nothing_new_comes(lahore, visit):
    Reading.objects.filter(at__gt=make.this_hour() - 5 * make.HOUR).delete()
    page = visit().page
    page.get_by_text("Nothing new has come since").wait_for()
    assert page.title() == "Lahore: no current value"
    assert not page.locator(".advice").is_visible()


def test_what_went_wrong_is_said_no_more_once_a_reading_has_come(lahore, visit):
    Reading.objects.filter(at__gt=make.this_hour() - 5 * make.HOUR).delete()
    Station.objects.update(last_poll_error="401: the key is not valid")
    page = visit("/lahore/lahore/").page  # whose station the site does not keep for half a second
    page.wait_for_selector(LIVE)
    wrong = page.get_by_text("What went wrong")
    wrong.wait_for()
    make.make_reading("lahore", make.this_hour())
    wrong.wait_for(state="hidden")


def test_a_reader_switches_to_urdu_and_keeps_the_place(lahore, visit):
    page = visit().page
    page.wait_for_selector(LIVE)
    page.evaluate("scrollTo(0, 700)")
    page.evaluate("document.querySelector('[hreflang=ur]').click()")
    page.wait_for_selector("html[dir=rtl]")
    assert page.get_attribute("html", "lang") == "ur"
    page.wait_for_function("scrollY > 500")
    page.reload()
    assert page.get_attribute("html", "lang") == "ur"


def test_an_urdu_phone_gets_urdu_at_once(lahore, visit):
    page = visit(locale="ur-PK").page
    assert page.get_attribute("html", "dir") == "rtl"


def test_plotly_comes_only_when_it_is_asked_for(lahore, visit):
    page = visit().page
    page.wait_for_selector(LIVE)
    assert not page.evaluate("'Plotly' in window")
    page.click("[data-explore]")
    page.wait_for_selector(".explored-plot .main-svg", timeout=30_000)


def test_plotly_keeps_the_stations_clock_and_the_readers_digits(lahore, visit):
    page = visit("/?lang=ur&digits=urdu").page
    page.click("[data-explore]")
    page.wait_for_selector(".explored-plot .xtick text", timeout=30_000)
    page.wait_for_function("/[۰-۹]/.test(document.querySelector('.explored-plot .ytick text').textContent)")
    labels = page.locator(".explored-plot :is(.xtick, .ytick) text").all_text_contents()
    assert not any("0" <= letter <= "9" for label in labels for letter in label)
    newest = page.evaluate(
        "document.querySelector('.explored-plot').data.find((one) => one.connectgaps === false).x.at(-1)"
    )
    at = Reading.objects.order_by("-at").first().at
    assert newest == f"{at.astimezone(lahore.zone):%Y-%m-%d %H:%M:%S}"


def test_it_reads_without_any_script(lahore, visit):
    page = visit(java_script_enabled=False).page
    assert page.inner_text(".number").strip() == "170"
    assert page.locator(".plot .line").count() == 1
    page.click(".behind summary")
    assert page.locator(".behind tbody tr").first.is_visible()


def test_the_chart_can_be_read_with_arrow_keys(lahore, visit):
    page = visit().page
    page.focus(".chart")
    page.keyboard.press("ArrowLeft")
    first = page.inner_text(".readout")
    assert first.startswith(page.locator(".behind tbody th").first.text_content())
    assert "· Value " in first
    page.keyboard.press("ArrowRight")
    assert "· Most likely " in page.inner_text(".readout")


def test_the_table_behind_the_chart_follows_and_stays_open(lahore, visit):
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    page.click(".behind summary")
    make.make_reading("lahore", make.this_hour(), pm2_5=244.0)
    page.wait_for_function("document.querySelector('.behind tbody td').textContent.startsWith('244')")
    assert page.locator(".behind tbody tr").first.is_visible()


def test_what_it_says_of_the_hours_ahead_follows_too(lahore, visit):
    Station.objects.update(timezone=make.afternoon())
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    Forecast.objects.update(categories={"standard": "us_epa", "aqi": [310] * 72})
    make.make_reading("lahore", make.this_hour())
    page.get_by_text("Tonight, most likely: Hazardous.").wait_for()


def test_what_was_unusual_follows_too(lahore, visit):
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    page.get_by_text("Nothing unusual in the last 30 days.").wait_for()
    make.make_anomaly("lahore", make.this_hour())
    make.make_reading("lahore", make.this_hour())
    page.locator(".lately .event-card").wait_for()


def test_each_pollutant_follows_with_its_multiple_and_none_stays_that_came_no_more(lahore, visit):
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    before = page.inner_text("[data-measure=pm2_5]")
    values = {"pm2_5": 2440.0, "no2": -9999.0}
    make.make_reading("lahore", make.this_hour(), values=values, flags={"no2": "sentinel: it means missing"})
    page.wait_for_function("document.querySelector('[data-value=o3]').textContent === '–'")
    page.wait_for_function("document.querySelector('[data-measure=no2]').innerText.includes('in doubt')")
    assert page.inner_text("[data-value=pm2_5]") == "2,440"
    multiple = ".who-times b"
    assert page.inner_text(f"[data-measure=pm2_5] {multiple}") not in before


def test_what_it_says_of_the_hours_ahead_follows_while_the_chart_is_zoomed(lahore, visit):
    Station.objects.update(timezone=make.afternoon())
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    page.click("[data-explore]")
    page.wait_for_selector(".explored-plot .main-svg")
    Forecast.objects.update(categories={"standard": "us_epa", "aqi": [310] * 72})
    make.make_reading("lahore", make.this_hour())
    page.get_by_text("Tonight, most likely: Hazardous.").wait_for()
    assert page.locator(".explored-plot").count() == 1


def test_who_reads_the_chart_by_keyboard_or_its_table_keeps_the_place(lahore, visit):
    page = hurry(visit(None)).open()
    page.wait_for_selector(LIVE)
    page.click(".behind summary")
    page.evaluate("document.querySelector('.behind .scroll').scrollTop = 300")
    page.focus(".chart")
    page.evaluate("window.drawn = document.querySelector('.behind')")
    make.make_reading("lahore", make.this_hour(), pm2_5=244.0)
    page.wait_for_function("!window.drawn.isConnected")
    assert page.evaluate("document.activeElement.className") == "chart"
    assert page.evaluate("document.querySelector('.behind .scroll').scrollTop") == 300


def test_a_number_that_is_no_index_any_more_comes_with_its_unit(lahore, visit):
    page = visit().page
    page.wait_for_selector(LIVE)
    make.make_reading("lahore", make.this_hour(), aqi=None, dominant="", pm2_5=244.0)
    page.wait_for_selector(".number small")
    assert page.inner_text(".number").split() == ["244", "µg/m³"]
    assert page.locator(".ruler").count() == 0


def test_a_page_that_waits_for_the_first_reading_shows_it(lahore, visit):
    make.make_station(slug="new", name="New")
    page = visit("/lahore/new/").page
    page.get_by_text("No reading has arrived yet.").wait_for()
    page.wait_for_selector(LIVE)
    make.make_reading("new", make.this_hour(), aqi=88)
    page.wait_for_selector("[data-live=number]")
    assert page.inner_text("[data-live=number]") == "88"


def test_a_phone_without_a_connection_shows_the_page_that_was_asked_for_else_the_newest_alike(lahore, visit):
    visitor = visit()
    visitor.page.wait_for_function(CONTROLLED)
    for pollutant in ("?pollutant=no2", "?pollutant=o3", ""):
        visitor.open(f"/lahore/lahore/{pollutant}")
    visitor.context.set_offline(True)
    for asked, shown in (("", "pm2_5"), ("?pollutant=o3", "o3"), ("?theme=dark", "pm2_5")):
        assert visitor.open(f"/lahore/lahore/{asked}").get_attribute(".chart", "data-variable") == shown
    visitor.complaints.clear()  # the broken connection itself


def test_a_page_with_dark_colours_is_printed_with_dark_letters(lahore, visit):
    page = visit("/?theme=dark").page
    page.emulate_media(media="print")
    assert not page.locator(".tabs").is_visible()  # nobody presses paper
    style = page.evaluate(
        "(({ color, printColorAdjust }) => [color, printColorAdjust])(getComputedStyle(document.body))"
    )
    assert style == ["rgb(19, 32, 43)", "exact"]
