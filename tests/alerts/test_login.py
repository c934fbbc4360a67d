"""A password cannot be guessed by trying, and who tries cannot lock the owner out."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from alerts.people import login

RIGHT = "a-long-passphrase"
TOO_MANY = "There were too many tries."
PLACES = ["/inbox/login", "/admin/login/"]
pytestmark = pytest.mark.usefixtures("one_window")


@pytest.fixture
def zainab(db: None, settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many tries, little time
    return User.objects.create_superuser("zainab", password=RIGHT)


def sign_in(place: str, password: str, address: str = "192.0.2.1", name: str = "zainab") -> str:
    """What the page says; empty where it let us in."""
    answer = Client(REMOTE_ADDR=address).post(place, {"username": name, "password": password})
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize("place", PLACES)
def test_after_ten_tries_even_the_right_password_waits(zainab: User, place: str) -> None:
    for _ in range(login.TRIES):
        assert TOO_MANY not in sign_in(place, "wrong")
    assert TOO_MANY in sign_in(place, RIGHT)


def test_both_doors_count_together_and_case_does_not_matter(zainab: User) -> None:
    for number in range(login.TRIES):
        sign_in(PLACES[number % 2], "wrong", name="ZAINAB" if number % 3 else "zainab")
    assert TOO_MANY in sign_in(PLACES[0], RIGHT)


def test_the_owner_elsewhere_is_not_locked_out(zainab: User) -> None:
    for _ in range(login.TRIES + 1):
        sign_in(PLACES[0], "wrong", address="192.0.2.66")
    assert sign_in(PLACES[0], RIGHT, address="192.0.2.1") == ""


def test_many_addresses_together_get_no_further(zainab: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "MANY", 5)
    for number in range(5):
        sign_in(PLACES[0], "wrong", address=f"192.0.2.{number}")
    assert TOO_MANY in sign_in(PLACES[0], RIGHT, address="192.0.2.9")


def test_one_address_cannot_try_many_names(zainab: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "MANY", 5)
    for number in range(5):
        sign_in(PLACES[0], "wrong", name=f"somebody{number}")
    assert TOO_MANY in sign_in(PLACES[0], RIGHT)


def test_it_is_said_in_urdu(zainab: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "TRIES", 0)
    answer = Client(headers={"accept-language": "ur"}).post(PLACES[0], {"username": "zainab", "password": RIGHT})
    assert "پندرہ منٹ" in answer.content.decode()


@pytest.mark.parametrize("password", ["short-one", "password1234"])
def test_weak_passwords_are_refused(zainab: User, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, zainab)


def test_a_wrong_password_is_told_in_the_readers_language(zainab: User) -> None:
    reader = Client(headers={"accept-language": "ur"})
    page = reader.post("/inbox/login", {"username": "zainab", "password": "wrong"}).content.decode()
    assert "صارف کا نام:" in page
    assert "پاس ورڈ:" in page
    assert "اس نام اور پاس ورڈ سے یہ صفحہ نہیں کھلتا۔" in page


def test_a_citizen_who_came_by_the_footer_learns_for_whom_the_page_is(db: None) -> None:
    assert "For officers of agencies" in Client().get("/inbox/login").content.decode()
    assert "افسران" in Client().get("/inbox/login?lang=ur").content.decode()
