"""The browser enforces our Content-Security-Policy, and no page of ours breaks it (a complaint fails the visit)."""

import http.server
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from alerts.models import Rule
from tests import factories as make
from tests.browser.conftest import LIVE
from tests.servers.loopback import LOOPBACK, LoopbackServer, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 700  # milliseconds


@pytest.fixture
def lahore(transactional_db: None) -> None:
    make.make_lahore()
    make.make_readings("lahore", hours=30)
    make.make_band("lahore/pm2_5", make.this_hour())
    make.make_anomaly("lahore", make.this_hour() - 3 * make.HOUR)


def place_of(page: object, selector: str) -> list[float]:
    box = page.locator(selector).first.bounding_box()
    return [box["x"], box["y"]]


def test_what_the_server_placed_is_where_it_belongs(lahore, visit):
    page = visit().page
    assert page.locator(".now.card").evaluate("node => getComputedStyle(node).getPropertyValue('--level')").strip()
    left = page.locator(".now-line").evaluate("node => parseFloat(getComputedStyle(node).left)")
    assert left > 0
    assert page.locator(".value-tick").first.evaluate("node => parseFloat(getComputedStyle(node).top)") > 0


def test_a_chart_that_is_drawn_anew_is_placed_as_well(lahore, visit):
    page = visit().page
    page.wait_for_selector(LIVE)
    before = place_of(page, ".now-line")
    page.evaluate(
        """async () => {
            const fresh = document.createElement("template");
            fresh.innerHTML = await (await fetch(document.querySelector("[data-chart]").dataset.chart)).text();
            for (const node of fresh.content.querySelectorAll("[data-style]")) node.style.cssText = node.dataset.style;
            document.querySelector(".chart").replaceWith(fresh.content.querySelector(".chart"));
        }"""
    )
    assert place_of(page, ".now-line") == before


def test_plotly_draws_with_its_own_styles_and_answers_the_pointer(lahore, visit):
    page = visit(viewport={"width": 800, "height": 900}).page
    page.wait_for_selector(LIVE)
    page.click("[data-explore]")
    page.wait_for_selector(".explored-plot .main-svg")
    position = page.locator(".explored-plot .main-svg").first.evaluate("node => getComputedStyle(node).position")
    assert position == "absolute"
    page.locator(".explored-plot").scroll_into_view_if_needed()
    assert any(answers_at(page, share / 10) for share in range(2, 8))


def answers_at(page: object, share: float) -> bool:
    """Whether Plotly says something where the pointer is; while it draws anew for a new width it does not."""
    box = page.locator(".explored-plot .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    page.wait_for_timeout(PATIENCE)
    return page.locator(".explored-plot .hoverlayer text").first.is_visible()


def test_the_pages_of_the_api_work(lahore, visit):
    page = visit("/api/docs", viewport={"width": 1200, "height": 800}).page
    page.wait_for_selector(".opblock")
    page.locator(".opblock-summary-control").first.click()
    page.wait_for_selector(".opblock.is-open .try-out__btn")


def test_the_admin_works(lahore, visit):
    User.objects.create_superuser("admin", password="a-long-passphrase")
    Rule.objects.create(slug="unusual", name="Unusual air", condition=Rule.Condition.ANOMALY)
    page = visit("/admin/", viewport={"width": 1200, "height": 800}).page
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "a-long-passphrase")
    page.click("[type=submit]")
    page.wait_for_selector("#content-main")
    for path in ("ingestion/station/", "ingestion/reading/", "detection/series/", "alerts/rule/", "alerts/rule/add/"):
        page.goto(f"{page.url.partition('/admin')[0]}/admin/{path}")
        assert page.locator("#content").count() == 1
    page.select_option("[name=condition]", "forecast")  # the form of a rule shows what its condition needs
    assert page.locator(".field-probability").is_visible()
    assert page.locator(".field-kinds").is_hidden()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{page.url.partition('/admin')[0]}/admin/detection/series/")
    assert page.locator("[name=action]").bounding_box()["width"] > 150  # the reason beside it left no room


@pytest.fixture
def stranger(site: str) -> Iterator[str]:
    """Another site, which frames two of our pages."""
    html = f"<iframe id=embed src={site}/embed/lahore/></iframe><iframe id=whole src={site}/></iframe>"

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args: object) -> None:
            pass

    with running(LoopbackServer((LOOPBACK, 0), Page)) as server:
        yield f"{server.url}/"


def test_other_sites_may_frame_the_card_alone(lahore, visit, stranger):
    visitor = visit(None)
    page = visitor.page
    page.goto(stranger)
    page.frame_locator("#embed").locator(".number").wait_for()
    assert page.frame_locator("#whole").locator(".number").count() == 0
    assert any("frame" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_a_script_in_a_name_does_not_run(lahore, visit):
    """Even one that Django had not escaped: the policy is a second wall."""
    visitor = visit()
    page = visitor.page
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=/nothing onerror=\"window.owned=1\">')")
    page.wait_for_timeout(300)
    assert not page.evaluate("'owned' in window")
    visitor.complaints.clear()
