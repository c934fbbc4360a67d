"""The officer's inbox and the citizen's form, in a real browser."""

import pytest
from django.contrib.auth.models import Group, User

from alerts import tasks
from alerts.inbox import AGENCY
from alerts.models import Alert, Contact, Delivery, Rule, Subscription
from alerts.sending import delivery
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lahore(transactional_db: None) -> None:
    make.make_variables()
    make.make_station()
    make.make_readings("lahore", hours=6)


@pytest.fixture
def officer(lahore: None) -> User:
    user = User.objects.create_user("zainab", password="a-long-passphrase")
    user.groups.add(Group.objects.create(name=AGENCY))
    Subscription.objects.create(contact=Contact.objects.create(name="Zainab", user=user))
    Rule.objects.create(slug="unusual", name="Unusual air", condition=Rule.Condition.ANOMALY)
    return user


def test_an_alert_appears_in_the_open_inbox_and_is_taken_on(officer, visit):
    page = visit("/inbox/").page
    page.fill("[name=username]", "zainab")
    page.fill("[name=password]", "a-long-passphrase")
    page.click("main button")
    page.wait_for_selector("[data-inbox][data-live=socket]")
    page.get_by_text("Nothing has come yet.").wait_for()

    make.make_anomaly("lahore", make.this_hour(), end=None)
    tasks.process_events()
    delivery.send_due()
    page.get_by_text("PM2.5 rose to 260").wait_for()
    page.wait_for_function("document.title.startsWith('(1)')")

    page.get_by_role("button", name="I take this on").click()
    page.get_by_text("taken on by zainab").wait_for()
    assert Alert.objects.get().acknowledged_by == "zainab"


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
