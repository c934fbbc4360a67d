"""The first administrator gets in, whatever happened at the first start."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from aqi_project.admin import accounts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"


def test_the_administrator_is_made_once_with_a_password_that_is_told():
    password = accounts.ensure_admin()
    assert accounts.known_password() == password
    assert accounts.password_file().stat().st_mode & 0o077 == 0
    assert accounts.ensure_admin() is None
    assert User.objects.get().is_superuser


def test_a_password_that_was_changed_since_is_not_told():
    accounts.ensure_admin()
    user = User.objects.get()
    user.set_password("another of their own")
    user.save()
    assert accounts.known_password() is None


def test_whoever_asks_before_the_first_start_is_over_is_told_to_wait():
    with pytest.raises(CommandError, match="There is no account yet"):
        call_command("admin_password")


def test_a_first_start_that_died_before_the_password_was_written_is_done_again(settings):
    settings.VAR_DIR.write_text("no folder yet")
    with pytest.raises(OSError, match="var"):
        accounts.ensure_admin()
    settings.VAR_DIR.unlink()
    password = accounts.ensure_admin()
    assert password is not None
    assert accounts.known_password() == password


def test_accounts_and_passwords_are_spoken_of_in_urdu(admin_client):
    """Django's own Urdu lacks most of it, and has another word for a password."""
    urdu = {"headers": {"accept-language": "ur"}}
    given = {"old_password": "x", "new_password1": "short", "new_password2": "other"}
    answers = [admin_client.get(path, **urdu) for path in ("/admin/password_change/", "/admin/auth/user/add/")]
    answers.append(admin_client.post("/admin/password_change/", given, **urdu))
    said = " ".join(answer.content.decode() for answer in answers)
    for english in ("Your password", "confirmation", "authentication:", "Enter the same", "Required. 150", "entered"):
        assert english not in said
    assert "لفظ اجازت" not in said
    assert "کم از کم 12 حروف" in said
