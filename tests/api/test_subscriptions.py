"""Subscribing by program keeps the rules of the page."""

import re
from typing import Any

import pytest
from django.core import mail

from alerts.models import Contact, Delivery, Subscription
from alerts.sending import delivery
from tests.api.conftest import Api, code

pytestmark = pytest.mark.usefixtures("lahore")
WISH = {"address": "Someone@Example.org", "place": "lahore", "severity": "severe", "language": "ur"}
PHONE = "+923001234567"


@pytest.fixture
def texted(api: Api, settings: Any) -> dict[str, str]:
    """Somebody with a telephone has been asked; token and code."""
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    asked = api.post("/subscriptions", {**WISH, "address": "0300 1234567"})
    assert (asked.status_code, asked.json()["channel"]) == (202, "sms")
    return {"token": asked.json()["token"], "code": re.search(r"\d{6}", Delivery.objects.get().text)[0]}


def test_nothing_is_stored_of_an_address_before_its_owner_has_answered(api: Api) -> None:
    asked = api.post("/subscriptions", WISH)
    assert (asked.status_code, asked.json()) == (202, {"channel": "email", "token": None})
    delivery.send_due()
    assert mail.outbox[0].to == ["someone@example.org"]
    assert not Contact.objects.exists()
    api.client.post(re.search(r"/subscribe/confirm/\S+", str(mail.outbox[0].body))[0])
    subscription = Subscription.objects.get()
    assert (subscription.place, subscription.get_min_severity_display()) == ("lahore", "Severe")
    assert subscription.contact.language == "ur"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"place": "atlantis"}, "place"),
        ({"severity": "mild"}, "severity"),
        ({"language": "xx"}, "language"),
        ({"address": {"$gt": ""}}, "address"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_the_field(api: Api, change: dict[str, Any], field: str) -> None:
    answer = api.post("/subscriptions", WISH | change)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
    assert not Delivery.objects.exists()


@pytest.mark.usefixtures("one_window")
def test_one_caller_cannot_try_address_after_address(api: Api) -> None:
    answers = [api.post("/subscriptions", WISH | {"address": f"a{n}@example.org"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429]
    assert answers[-1]["Retry-After"] == "3600"


def test_the_code_of_an_sms_confirms_and_wishes_can_be_changed_and_ended(api: Api, texted: dict[str, str]) -> None:
    wrong = f"{(int(texted['code']) + 1) % 10**6:06d}"
    assert code(api.post("/subscriptions/confirm", {**texted, "code": wrong})) == (400, "invalid")
    confirmed = api.post("/subscriptions/confirm", texted).json()
    assert (Contact.objects.get().phone, confirmed["subscriptions"]) == (
        PHONE,
        [{"place": "lahore", "severity": "severe"}],
    )
    path = f"/api/v1/subscriptions/{confirmed['token']}"
    changed = api.client.patch(path, {"quiet_from": "22:00", "quiet_to": "06:00"}, content_type="application/json")
    assert changed.json() == {**confirmed, "quiet_from": "22:00:00", "quiet_to": "06:00:00"}
    wrong = api.client.patch(path, {"timezone": "Mars/Base"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "timezone")
    assert api.client.delete(path).json()["is_active"] is False
    mine = api.client.get(path)
    assert (mine.json()["is_active"], mine["Cache-Control"]) == (False, "private, no-store")  # no cache's business


@pytest.mark.parametrize("quiet_from", ["22:00:00Z", "22:00+09:00"])
def test_quiet_hours_are_wall_time_and_have_no_offset(api: Api, texted: dict[str, str], quiet_from: str) -> None:
    """An offset was dropped without a word, and the night began five hours late in Lahore."""
    token = api.post("/subscriptions/confirm", texted).json()["token"]
    wish = {"quiet_from": quiet_from, "quiet_to": "06:00"}
    answer = api.client.patch(f"/api/v1/subscriptions/{token}", wish, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "quiet_from")
    assert Contact.objects.get().quiet_from is None


def test_a_forged_token_opens_nothing(api: Api, texted: dict[str, str]) -> None:
    api.post("/subscriptions/confirm", texted)
    uid = Contact.objects.get().uid
    assert code(api.get(f"/subscriptions/{uid}.forged")) == (404, "not_found")
