"""Pages that stay open for hours: what each asks for anew, and in whose words."""

import pytest

from tests import factories as make
from tests.browser.conftest import ROOT, answer_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
