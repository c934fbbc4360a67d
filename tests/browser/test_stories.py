"""What people come for, from beginning to end: Chromium, a web process, a worker and a mail server share one system."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from alerts.models import Alert, Contact
from detection.models import Series
from ingestion.models import Reading, Station
from tests.alerts.scenarios.system import HOUR, PASSWORD, System, running
from tests.browser.axe import wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.processes]
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}


@pytest.fixture(scope="module")
def system(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[System]:
    with running(django_db_blocker.unblock()) as started:
        yield started


@pytest.fixture(scope="module")
def site(system: System) -> str:
    """Where `visit` goes: the system's own web process."""
    return system.address


@pytest.fixture(scope="module")
def lahore(system: System) -> Station:
    place = system.station("lahore", city="lahore", name_ur="لاہور", is_headline=True)
    for ago in range(8, 0, -1):
        system.air(place, 90 + ago, ago=ago)
    return place


def log_in(page: object, name: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


def test_a_citizen_reads_switches_to_urdu_subscribes_is_told_and_leaves(system, lahore, visit):
    system.rule("smog", lahore)
    address = "ayesha@example.org"
    page = visit("/").page
    assert int(page.inner_text("[data-live=number]")) > 100
    page.click("[hreflang=ur]")
    page.wait_for_selector("html[lang=ur]")
    page.fill("#subscribe [name=address]", address)
    page.click("#subscribe button")
    page.wait_for_url("**/subscribe/asked")

    system.told(address)
    page.goto(system.address + system.link(address, "/subscribe/confirm/"))
    assert wrong_with(page) == []
    assert not Contact.objects.filter(email=address).exists()  # mail scanners open links; a person presses the button
    page.click("main form button")
    page.get_by_text(address).wait_for()
    assert wrong_with(page) == []
    assert Contact.objects.get(email=address).language == "ur"

    system.air(lahore, 350)
    assert "لاہور" in system.told(address, 2)[1]
    way_out = system.mails(address)[-1]["List-Unsubscribe"].strip(" <>")
    assert way_out in system.text(address)
    page.goto(way_out)
    page.click("main form button")
    page.get_by_role("heading", level=1).wait_for()
    system.until(lambda: not Contact.objects.get(email=address).is_active)


def test_an_officer_logs_in_gets_an_alert_live_and_takes_it_on(system, visit):
    officer = system.officer("zainab")
    place, other = system.station("gulberg"), system.station("shahdara")
    for watched in place, other:
        system.rule(f"watch-{watched.slug}", watched)
        system.listener(f"zainab-{watched.slug}", watched.slug, {"rule": f"watch-{watched.slug}"}, user=officer)
    page = visit("/inbox/").page
    log_in(page, "zainab")
    page.wait_for_selector("[data-inbox][data-live=socket]")
    page.get_by_text("Nothing has come yet.").wait_for()

    system.air(place, 250)
    page.get_by_role("button", name="I take this on").wait_for()
    assert page.title().startswith("(1)")
    heard, headings = page.get_by_role("status"), page.locator(".inbox h2")
    assert heard.text_content() == headings.text_content()
    assert wrong_with(page) == []
    page.get_by_role("button", name="I take this on").click()
    page.get_by_text("taken on by zainab").wait_for()
    assert Alert.objects.get(rule="watch-gulberg").acknowledged_by == "zainab"
    page.get_by_text("Comment or silence").click()
    page.fill("[name=text]", "A kiln in Barki.")
    system.air(other, 250)
    page.locator(".inbox > li").nth(1).wait_for()  # news comes and closes nothing
    assert heard.text_content() == headings.first.text_content()  # the new one alone
    assert page.locator("[name=text]:focus").input_value() == "A kiln in Barki."
    page.keyboard.press("Enter")
    page.locator(".comments").get_by_text("A kiln in Barki.").wait_for()


def test_a_list_that_comes_late_takes_no_alert_away(system, visit):
    place = system.station("ravi")
    system.rule("watch-ravi", place)
    system.listener("bilal-ravi", "ravi", {"rule": "watch-ravi"}, user=system.officer("bilal"))
    visitor, held = visit(None), []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    visitor.page.route("**" + reverse("alerts:inbox-list"), hold_the_first)
    page = visitor.open("/inbox/")
    log_in(page, "bilal")
    page.wait_for_selector("[data-inbox][data-live=socket]")
    visitor.wait_until(lambda: held, "the first question")
    system.air(place, 250)
    alert = page.get_by_role("button", name="I take this on")
    alert.wait_for()
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_timeout(500)
    assert alert.count() == 1


def test_an_admin_tunes_a_threshold_sees_what_it_would_have_done_and_saves(system, visit):
    User.objects.create_superuser("chief", password=PASSWORD)
    series = judged_series(system)
    page = visit(f"/admin/detection/series/{series.pk}/change/", **DESKTOP).page
    log_in(page, "chief")
    page.fill("[name=false_alarms_per_month]", "3")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="What would this have done?").click()
    preview = opened.value
    preview.get_by_text("3 events").wait_for()
    chart = preview.get_by_role("img", name="Values with the alerts marked")
    assert chart.locator("path").get_attribute("d").startswith("M")
    assert chart.locator("rect").count() == 3
    assert Series.objects.get(pk=series.pk).false_alarms_per_month == 1  # nothing is saved by looking

    page.click("[name=_save]")
    page.wait_for_url("**/admin/detection/series/")
    assert Series.objects.get(pk=series.pk).false_alarms_per_month == 3


def judged_series(system: System) -> Series:
    """17 days of usual hours, with three so rare that a more lenient admin would have been told of all of them."""
    rare = {300: 50.0, 200: 50.0, 100: 12.0}  # hours ago: once in so many days
    station = system.station("johar")
    usual = {"expected": 90.0, "lower": 50.0, "upper": 130.0, "version": 1}
    Reading.objects.bulk_create(
        Reading(
            station=station.slug, at=system.now - ago * HOUR, values={"pm2_5": 300.0 if ago in rare else 90.0}, aqi=150,
            scores={"pm2_5": {**usual, "score": 0.9 if ago in rare else 0.1, "days": rare.get(ago, 0.1)}},
            provider="push", received_at=system.now,
        )
        for ago in range(400)
    )  # fmt: skip
    return Series.objects.create(key="johar/pm2_5", station="johar", variable="pm2_5", false_alarms_per_month=1)
