"""Where each channel reaches a contact, and where it does not. Nothing is sent."""

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from alerts.channels import CHANNELS, ChannelError, channel, http
from alerts.models import Contact, Delivery
from aqi_project import clock

NOW = clock.now()
PHONE = "+923001234567"


@pytest.mark.parametrize(
    ("kind", "contact", "address"),
    [
        ("email", {"email": "a@example.org", "email_verified_at": NOW}, "a@example.org"),
        ("email", {"email": "a@example.org", "phone_verified_at": NOW}, ""),
        ("sms", {"phone": PHONE, "phone_verified_at": NOW}, PHONE),
        ("sms", {"phone": PHONE, "email_verified_at": NOW}, ""),
        ("inapp", {"user": User(username="zainab")}, "zainab"),
        ("webhook", {"webhook_url": "https://example.org/hook"}, "https://example.org/hook"),
        ("apprise", {"apprise_url": "ntfy://topic"}, "ntfy://topic"),
    ],
)
def test_a_contact_is_reached_where_it_has_shown_that_it_can_be(
    settings: Settings, kind: str, contact: dict[str, object], address: str
) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    assert channel(kind).address(Contact(**contact)) == address


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_contact_without_any_address_is_told_through_no_channel(kind: str) -> None:
    assert channel(kind).address(Contact()) == ""


def test_without_a_gateway_no_number_is_an_address_and_what_waited_fails_for_good(settings: Settings) -> None:
    settings.SMS_URL = ""
    assert channel("sms").address(Contact(phone=PHONE, phone_verified_at=NOW)) == ""
    with pytest.raises(ChannelError, match="SMS_URL is not set") as told:
        channel("sms").send(Delivery(reference="r", address=PHONE, text="x"))
    assert told.value.permanent


def test_a_channel_that_there_is_not_fails_for_good() -> None:
    with pytest.raises(ChannelError, match="no channel 'pigeon'") as told:
        channel("pigeon")
    assert told.value.permanent


def test_only_what_answers_for_itself_is_known_to_have_arrived() -> None:
    kinds = ("email", "sms", "inapp", "webhook", "apprise")
    assert [kind for kind in kinds if channel(kind).confirms] == ["inapp", "webhook"]


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503, 302, 400, 401, 404, 410])
def test_an_answer_is_final_unless_it_may_be_another_one_later(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    async def answer(*given: object, **more: object) -> tuple[int, bytes]:
        return status, b"n" + b"o" * 999

    monkeypatch.setattr(http, "_post", answer)
    with pytest.raises(ChannelError) as told:
        http.post("http://127.0.0.1:1/")
    assert told.value.permanent is (status in (302, 400, 401, 404, 410))
    assert str(told.value) == f"Answer {status}: n{'o' * 199}"


def test_an_address_that_is_none_is_wrong_for_good_and_a_server_that_is_away_is_not() -> None:
    for url, final in (("gopher://x/", True), ("http://x:y/", True), ("http://127.0.0.1:1/", False)):
        with pytest.raises(ChannelError) as told:
            http.post(url)
        assert told.value.permanent is final
