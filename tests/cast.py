"""Who appears in the tests."""

from django.contrib.auth.models import User
from django.test import Client


def citizen(language: str = "en") -> Client:
    """Somebody with a phone and no account."""
    return Client(headers={"accept-language": language})


def admin() -> Client:
    """Runs the installation."""
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "a-long-passphrase"))
    return client
