"""The first administrator of an installation."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

NAME = "admin"
PASSWORD_BYTES = 12


def password_file() -> Path:
    return Path(settings.VAR_DIR) / "admin_password"


def ensure_admin() -> str | None:
    """Create the administrator where there is none; returns the new password, or None if there was one.

    The file comes first: whoever dies in between begins anew, and no account is there whose password nobody knows.
    """
    if User.objects.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    path = password_file()
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(password)
    User.objects.create_superuser(NAME, password=password)
    return password


def known_password() -> str | None:
    """The password that was printed at the first start, if it still opens the account."""
    path = password_file()
    user = User.objects.filter(username=NAME).first()
    if user is None or not path.is_file():
        return None
    password = path.read_text()
    return password if user.check_password(password) else None
