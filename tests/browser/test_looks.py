"""What a picky designer would see."""

from itertools import pairwise

import pytest

from detection.models import MonthlyRecord

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OUTSIDE = """[...document.querySelectorAll('.card *')].filter((part) => {
  const [own, card] = [part, part.closest('.card')].map((one) => one.getBoundingClientRect());
  const isHidden = !own.width || part.closest('.scroll, .scroll-x, .visually-hidden, details:not([open]) > *');
  return !isHidden && (own.left < card.left - 1 || own.right > card.right + 1);
}).map((part) => part.textContent.trim())"""


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_label_of_a_chart_leaves_its_card(lahore, visit, width, language):
    figures = {"series": "lahore/pm2_5", "count": 9, "error": 20.0, "persistence": 40.0, "coverage": 0.9}
    for month in ("2026-09", "2026-10", "2026-11"):
        MonthlyRecord.objects.create(month=month, hours="7-24", **figures)
    page = visit(f"/lahore/lahore/model/?lang={language}", viewport={"width": width, "height": 800}).page
    assert page.evaluate(OUTSIDE) == []


def test_cards_beside_each_other_end_together_and_the_last_leaves_no_hole(lahore, visit):
    page = visit("/lahore/lahore/explore/", viewport={"width": 1440, "height": 800}).page
    ends = page.evaluate(
        "[...document.querySelectorAll('.columns > .card')].map((one) => one.getBoundingClientRect())"
        ".map(({ top, bottom, width }) => [top, bottom, Math.round(width)])"
    )
    assert all(one[:2] == other[:2] for one, other in zip(ends[:-1:2], ends[1:-1:2], strict=True))
    assert ends[-1][2] > 2 * ends[0][2]


@pytest.mark.parametrize(("scheme", "offered"), [("light", "Dark colours"), ("dark", "Light colours")])
def test_the_offered_colours_are_never_those_that_are_there(lahore, visit, scheme, offered):
    page = visit("/", color_scheme=scheme).page
    tool = page.locator(".tool.icon:visible")
    assert tool.get_attribute("aria-label") == offered
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    tool.click()
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.locator(".tool.icon:visible").get_attribute("aria-label") != offered


def test_a_table_that_goes_on_beside_its_edge_shows_that_it_does(lahore, visit):
    page = visit("/lahore/compare/").page
    assert "gradient" in page.evaluate("getComputedStyle(document.querySelector('.scroll')).backgroundImage")


PICTURE = """async () => {
  const { pictureOf } = await import("/static/js/picture.js");
  const shot = await createImageBitmap(await pictureOf(document.querySelector(".sides")));
  const { width, height } = shot;
  const brush = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  brush.drawImage(shot, 0, 0);
  const edge = brush.getImageData(0, 0, 16, height).data;
  return [...edge].every((one, place) => one === edge[place % 4]);
}"""


def test_a_picture_has_room_around_what_it_shows(lahore, visit):
    assert visit("/lahore/compare/").page.evaluate(PICTURE)


IN_A_FORCED_PALETTE = """() => {
  const shade = (selector, name, pseudo) => getComputedStyle(document.querySelector(selector), pseudo)[name];
  return [shade(".ruler b", "backgroundColor"), shade(".legend .l-line", "backgroundColor", "::before"),
          shade(".tabs a:not([aria-current])", "borderBottomColor"), shade(".plot .line", "stroke")];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_forced_palette_keeps_what_is_drawn_and_marks_one_tab(lahore, visit, theme):
    page = visit(f"/?theme={theme}", forced_colors="active").page
    paper = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    marker, legend, other_tab, line = page.evaluate(IN_A_FORCED_PALETTE)
    assert paper not in {marker, legend, line}
    assert marker == legend == line  # the palette's own colour of letters, also under the other theme
    assert other_tab == paper


SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"""


@pytest.mark.parametrize("language", ["en", "ur"])
def test_days_below_a_chart_stay_apart_when_a_reader_spaces_letters(lahore, visit, language):
    page = visit(f"/?lang={language}", viewport={"width": 320, "height": 640}, bypass_csp=True).page
    page.add_style_tag(content=SPACED)
    boxes = [box for one in page.locator(".day-tick:not(.late) bdi").all() if (box := one.bounding_box())]
    assert len(boxes) >= 3
    assert all(one["x"] + one["width"] <= other["x"] for one, other in pairwise(boxes))
