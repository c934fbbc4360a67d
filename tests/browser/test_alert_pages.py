"""The citizen's form in a real browser."""

import pytest

from alerts.models import Contact, Delivery
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lahore(transactional_db: None) -> None:
    make.make_lahore()
    make.make_readings("lahore", hours=6)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ur", "rtl")])
def test_the_form_fits_a_phone_and_asks_the_address_first(lahore, visit, language, direction):
    page = visit(f"/subscribe/?lang={language}").page
    assert page.get_attribute("html", "dir") == direction
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("[name=address]", "someone@example.org")
    page.click("form.form button")
    page.wait_for_url("**/subscribe/asked")
    assert Delivery.objects.get().address == "someone@example.org"
    assert not Contact.objects.exists()
