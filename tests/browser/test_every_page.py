"""Every public page, in both languages: no console error, no sideways scrolling, nothing that axe finds wrong."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from PIL import Image

from detection.models import DriftReport
from ingestion.models import Reading, Station, Variable
from tests import factories as make
from tests.browser.axe import wrong_with

OTHERS = ("/lahore/compare/", "/status/", "/subscribe/", "/inbox/", "/embed/lahore/", "/kiosk/")
PATHS = ("", "unusual/", "unusual/{event}/", "history/", "explore/", "model/", "data/")
TOO_LOW = """Array.from(document.querySelectorAll("a:not(.mark, .skip), button, summary, select"))
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().height < 43.5)
  .map((one) => one.innerText)"""
WIDTH_OF_LARGE_LETTERS = """(percent = 200) => {
  document.documentElement.style.fontSize = `${percent}%`;
  return document.documentElement.scrollWidth;
}"""
BEYOND_THE_PICTURE = """Array.from(document.querySelectorAll(".over-time svg text")).filter((one) => {
  const [text, all] = [one.getBoundingClientRect(), one.ownerSVGElement.getBoundingClientRect()];
  return text.left < all.left - 1 || text.right > all.right + 1;
}).map((one) => one.textContent)"""
# The widest hour stands at every tick, whatever the time of day is while a test runs.
NOON_EVERYWHERE = "(noon) => { for (const one of document.querySelectorAll('.day-tick bdi')) one.textContent = noon; }"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def event(transactional_db: None) -> str:
    """Key of an event of a city that has all that pages can show."""
    make.make_lahore()
    make.make_readings("lahore", hours=72)
    make.make_reading("lahore", make.this_hour() - 5 * make.HOUR, flags={"pm2_5": "repeated"})
    make.make_band("lahore/pm2_5", make.this_hour())
    make.make_forecast("lahore/pm2_5", make.this_hour() - 30 * make.HOUR)
    make.make_forecast("lahore/pm2_5", make.this_hour())
    return str(make.make_anomaly("lahore", make.this_hour() - 9 * make.HOUR).pk)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ur", "dark")])
def test_pages_are_accessible_and_fit_a_phone(event, visit, language, theme):
    visitor = visit(None)
    of_station = [f"/lahore/lahore/{path.format(event=event)}" for path in PATHS]
    for path in [*of_station, *OTHERS]:
        page = visitor.open(f"{path}?lang={language}&theme={theme}")
        assert page.get_attribute("html", "lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert wrong_with(page) == [], path
        assert page.evaluate(TOO_LOW) == [], path
        assert page.evaluate(WIDTH_OF_LARGE_LETTERS) <= 360, path


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_long_name_fits_a_narrow_phone(event, visit, language):
    english, urdu = "Government College University, Ravi Road, gate", "گورنمنٹ کالج یونیورسٹی، راوی روڈ، شمالی دروازہ"
    Station.objects.update(name=english, name_ur=urdu)
    visitor = visit(None, viewport={"width": 320, "height": 640})
    for path in ("/lahore/lahore/", "/lahore/lahore/data/", "/status/", "/embed/lahore/"):
        page = visitor.open(f"{path}?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert path.startswith("/embed/") or page.locator(".tools a").last.is_visible()
        name = page.locator("tbody th").first
        assert path != "/status/" or name.bounding_box()["width"] < 200  # the next column is in sight


def test_a_picture_says_of_which_place_and_year_it_is(event, visit):
    visitor, drawn = visit(None), []
    page = visitor.page
    page.expose_binding("drawn", lambda _, text: drawn.append(text))
    page.add_init_script(
        "const encode = window.encodeURIComponent; window.encodeURIComponent = (text) => (drawn(text), encode(text));"
    )
    visitor.open("/lahore/lahore/history/")
    with page.expect_download():
        page.locator("[data-picture]").first.click()
    assert page.title() in drawn[-1]
    assert "OpenWeather" in drawn[-1]


def test_a_chart_becomes_a_picture(event, visit):
    page = visit("/lahore/lahore/history/?lang=ur").page
    with page.expect_download() as download:
        page.locator("[data-picture]").first.click()
    assert download.value.suggested_filename.endswith(".png")
    with Image.open(download.value.path()) as image:
        assert image.width > 600  # twice as fine as the page
        assert len(image.getcolors(maxcolors=1 << 20)) > 20  # a drawing, no empty sheet


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_phone_shows_which_tab_it_is_on(event, visit, language):
    page = visit(f"/lahore/lahore/data/?lang={language}").page
    box = page.locator(".tabs [aria-current]").bounding_box()
    assert 0 <= box["x"] <= 360 - box["width"]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_large_letters_break_no_name_and_keep_the_days_apart(event, visit, language):
    page = visit(f"/lahore/lahore/?lang={language}").page
    page.evaluate(WIDTH_OF_LARGE_LETTERS)
    assert page.locator(".where [lang]").first.bounding_box()["height"] < 100  # a line, no column of letters
    assert_apart(page, ".day-tick:not(.late) bdi", 3)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_machines_hours_do_not_overlap_and_its_name_fits_with_large_letters(transactional_db, visit, language):
    Variable.objects.create(code="temperature", name="Temperature", name_ur="درجہ حرارت", unit="°C")
    make.make_station(slug="press", city="", expected_interval=timedelta(minutes=5), provider="push")
    times = [make.this_hour() - back * timedelta(minutes=5) for back in range(140)]
    warm = {"values": {"temperature": 70.3}, "aqi": None, "dominant": ""}
    make.write_readings([make.reading_document("press", at, **warm) for at in times])
    page = visit(f"/press/press/?lang={language}").page
    page.evaluate(NOON_EVERYWHERE, {"en": "12 PM", "ur": "دوپہر 12 بجے"}[language])
    assert_apart(page, ".day-tick:not(.late) bdi", 2)
    assert page.evaluate(WIDTH_OF_LARGE_LETTERS, 150) <= 360
    assert_apart(page, ".day-tick:not(.late) bdi", 1)
    assert page.evaluate(WIDTH_OF_LARGE_LETTERS, 200) <= 360
    assert_apart(page, ".day-tick:not(.late) bdi", 1)


def assert_apart(page, selector, least):
    boxes = [box for one in page.locator(selector).all() if (box := one.bounding_box())]
    assert len(boxes) >= least
    assert all(one["x"] + one["width"] <= other["x"] for one, other in pairwise(boxes))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_line_that_embeds_the_number_has_its_language_and_room_for_an_old_one(event, visit, language):
    Reading.objects.filter(at__gt=make.this_hour() - 9 * make.HOUR).delete()
    visitor = visit(f"/lahore/lahore/data/?lang={language}")
    line = visitor.page.inner_text("pre code")
    source, width, height = re.search(r'src="[^/]+//[^/]+(.+?)" width="(\d+)" height="(\d+)"', line).groups()
    visitor.page.set_viewport_size({"width": int(width), "height": int(height)})
    page = visitor.open(source)
    page.locator(".state").wait_for()
    assert page.get_attribute("html", "lang") == language
    assert page.evaluate("document.documentElement.scrollHeight") <= int(height)


@pytest.mark.parametrize("language", ["en-GB", "ur"])
def test_two_months_of_checks_fit_a_phone(transactional_db, visit, language):
    """Their picture is twice as wide as one, and took the whole page with it."""
    User.objects.create_superuser("admin", password="a-long-passphrase")
    for back in range(60):
        at = make.this_hour() - timedelta(days=back)
        DriftReport.objects.create(series="lahore/pm2_5", at=at, day=at.date(), verdict="stable", reason="stable")
    page = visit("/admin/detection/driftreport/", locale=language).page
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "a-long-passphrase")
    page.click("[type=submit]")
    page.wait_for_selector(".over-time svg", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(BEYOND_THE_PICTURE) == [], "what is read from right to left ends where it should begin"
