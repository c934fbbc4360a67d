"""What `manage.py check` looks at, beside Django's own: each finding has an id and says how to mend it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.http.request import split_domain_port, validate_host

from aqi_project.errors import ConfigurationError
from aqi_project.mongodb import mongod, server

SHORTEST_SECRET = 50  # characters


def refuse_insecure_production() -> None:
    """Raises ConfigurationError with the first finding. For processes that run no checks: the web server."""
    for finding in production_is_secure(None):
        raise ConfigurationError(f"{finding.msg} {finding.hint}")


@register(Tags.security)
def production_is_secure(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nothing in development; with PRODUCTION=true every insecure setting is an error."""
    return [finding for is_wrong, finding in _production() if is_wrong] if settings.PRODUCTION else []


def _production() -> list[tuple[bool, CheckMessage]]:
    cookies = settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    secret = settings.SECRET_KEY_IS_SET and len(settings.SECRET_KEY) >= SHORTEST_SECRET
    name, _ = split_domain_port(urlsplit(settings.SITE_URL).netloc)
    return [
        (settings.DEBUG, _error(1, "DEBUG=true shows the program's inside to everyone.", "Set DEBUG=false.")),
        (not secret, _error(2, "SECRET_KEY is unset or short.", f"Set {SHORTEST_SECRET} random characters or more.")),
        ("*" in settings.ALLOWED_HOSTS, _error(3, "ALLOWED_HOSTS accepts any name.", "List the site's own names.")),
        (not cookies, _error(4, "Cookies would travel over plain HTTP.", "Leave SESSION_ and CSRF_COOKIE_SECURE on.")),
        (
            not settings.SITE_URL.startswith("https://"),
            _error(5, f"SITE_URL={settings.SITE_URL} is not encrypted.", "Set an address with https://."),
        ),
        (
            not validate_host(name, settings.ALLOWED_HOSTS),
            _error(6, f"ALLOWED_HOSTS lacks {name}, the name in SITE_URL.", "Add it: all else is answered with 400."),
        ),
    ]


@register()
def queue_is_sane(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A task that is still running must not be handed out again, and a failing one must not come back for ever."""
    queue = settings.Q_CLUSTER
    found = []
    if queue["retry"] <= queue["timeout"]:
        found.append(_error(20, "Q_CLUSTER's retry is not longer than its timeout.", "Make retry the longer one."))
    if not queue.get("max_attempts"):
        found.append(_error(21, "Q_CLUSTER repeats a failing task for ever.", "Set max_attempts."))
    return found


@register(Tags.database)
def database_is_fit(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Only with `--database`: asks the server itself."""
    return [finding for alias in databases or [] for finding in _ask(alias)]


def _ask(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    connection.ensure_connection()
    version = connection.connection.server_info()["version"]
    found = []
    if mongod.is_too_old(version):
        hint = f"Use MongoDB {mongod.OLDEST_VERSION} or newer."
        found.append(_error(10, f"MONGODB_URI is a MongoDB {version}.", hint))
    if not server.has_change_streams(connection.connection.admin.command("hello")):
        hint = "Start it with --replSet and call rs.initiate() once; live pages need its change streams."
        found.append(_error(11, "MONGODB_URI is not a replica set.", hint))
    return found


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"aqi_project.E{number:03}")
