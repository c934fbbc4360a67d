"""What a picky designer would see."""

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
