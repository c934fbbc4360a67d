"""Settings from the environment, checked as they are read, so that a wrong one stops the start with one line."""

import os
import re
from email.utils import getaddresses
from io import StringIO
from math import nan
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from aqi_project.errors import ConfigurationError

LAST_PORT = 65_535
MAIL_EXAMPLE = "smtp+tls://user:password@mail.example.org:587"
NOT_IN_A_DATABASE = set(' $*/\\."<>:|?')  # and no more than LONGEST_DATABASE bytes, says MongoDB
LONGEST_DATABASE = 63
DATABASES_OF_MONGODB = {"admin", "config", "local"}  # its own accounts, and no change streams
LINE = re.compile(r"(export )?[A-Za-z_0-9]+=.*|#.*|")  # of a file of settings
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[\da-fA-F:.]+\]")  # what ALLOWED_HOSTS of Django can match
MAIL_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
SMTP_BACKEND = "alerts.channels.mail.SmtpBackend"


class Environment:
    """Reads the process's environment and a `.env` file; the environment wins, and an empty value counts as unset."""

    def __init__(self, folder: Path) -> None:
        env_file = folder / ".env"
        try:
            text = env_file.read_text(encoding="utf-8-sig") if env_file.is_file() else ""
        except (OSError, UnicodeDecodeError) as error:
            reason = "it is not in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
            raise ConfigurationError(f"{env_file} cannot be read: {reason}.") from None
        lines = [line.strip() for line in text.splitlines()]
        for number, line in enumerate(lines, start=1):
            if not LINE.fullmatch(line):  # it may hold a password, and is not repeated
                raise ConfigurationError(f"Line {number} of {env_file} is not NAME=value, without blanks around the =.")
        Env.read_env(StringIO("\n".join(lines)))

    def text(self, name: str, default: str = "") -> str:
        return os.environ.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "true" if default else "false").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"0", "false", "no", "off"}:
            return False
        raise ConfigurationError(f"{name} must be true or false, not {text!r}.")

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        text = self.text(name, str(default))
        try:
            number = float(text)
        except ValueError:
            number = nan
        if not least <= number <= most:
            raise ConfigurationError(f"{name} must be a number from {least:g} to {most:g}, not {text!r}.")
        return number

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        number = self.number(name, default, least=least, most=most)
        if number != int(number):
            raise ConfigurationError(f"{name} must be a whole number, not {number:g}.")
        return int(number)

    def port(self, name: str, default: int) -> int:
        return self.whole(name, default, least=1, most=LAST_PORT)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default).lower()
        if text not in choices:
            raise ConfigurationError(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
        return text

    def folder(self, name: str, default: Path) -> Path:
        text = self.text(name, str(default))
        try:
            return Path(text).expanduser().absolute()
        except RuntimeError:
            raise ConfigurationError(f"{name}={text} cannot be used: nobody here has that home.") from None

    def database(self, name: str, default: str) -> str:
        text = self.text(name, default)
        is_no_name = set(text) & NOT_IN_A_DATABASE or len(text.encode()) > LONGEST_DATABASE
        if is_no_name or text.lower() in DATABASES_OF_MONGODB:
            raise ConfigurationError(f"{name} must be a database's name such as {default}, not {text!r}.")
        return text

    def hosts(self, name: str, default: str) -> list[str]:
        """Names and addresses without scheme and port, separated by commas; .example.org is also what ends with it."""
        found = self.words(name, default)
        for word in found:
            if not HOST.fullmatch(word):
                raise ConfigurationError(f"{name} must be names such as air.example.org, without port, not {word!r}.")
        return found

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        if not _is_web_address(text):
            raise ConfigurationError(f"{name} must be an address such as {default}, not {text!r}.")
        return text

    def origin(self, name: str, default: str) -> str:
        """An address without a path."""
        text = self.url(name, default)
        if not _is_origin(text):
            raise ConfigurationError(f"{name} must be an address without a path, such as {default}, not {text!r}.")
        return text

    def origins(self, name: str) -> list[str]:
        """Addresses without a path, separated by commas."""
        found = [word.rstrip("/") for word in self.words(name)]
        for word in found:
            if not _is_web_address(word) or not _is_origin(word):
                raise ConfigurationError(f"{name} must be addresses such as https://air.example.org, not {word!r}.")
        return found

    def gateway(self, name: str) -> str:
        """The address of a gateway, which may hold a password and is not repeated; empty where the setting is."""
        text = self.text(name)
        if text and not _scheme(text):
            raise ConfigurationError(f"{name} must be a gateway's address, which begins with its name and ://.")
        return text

    def mail_address(self, name: str, default: str) -> str:
        """`officer@example.org`, or `Alerts <officer@example.org>`; one alone."""
        text = self.text(name, default)
        found = [address for _, address in getaddresses([text])]
        if len(found) != 1 or not MAIL_ADDRESS.fullmatch(found[0]):
            raise ConfigurationError(f"{name} must be a mail address such as {default}, not {text!r}.")
        return text

    def email(self, name: str) -> dict[str, object]:
        """Django's EMAIL_* settings out of a mail server's URL; empty where the setting is."""
        text = self.text(name)
        if not text:
            return {}
        try:
            settings = dict(Env.email_url_config(text))
            port = MAIL_PORTS[urlsplit(text).scheme]
        except (ValueError, KeyError, ImproperlyConfigured):
            settings = {"EMAIL_HOST": None}
        if not settings["EMAIL_HOST"]:  # the address may hold a password: it is not repeated
            raise ConfigurationError(f"{name} must be a mail server's address such as {MAIL_EXAMPLE}.")
        settings["EMAIL_PORT"] = settings["EMAIL_PORT"] or port
        return {**settings, "EMAIL_BACKEND": SMTP_BACKEND}


def _scheme(text: str) -> str:
    """What stands before ://; empty for what is no address."""
    try:
        return urlsplit(text).scheme if "://" in text else ""
    except ValueError:
        return ""


def _is_web_address(text: str) -> bool:
    """Some mistakes, such as a port that is none, Python finds only when it is asked for that part."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and not re.search(r"\s", text)
        return parts.scheme in {"http", "https"} and is_whole and parts.port != 0
    except ValueError:
        return False


def _is_origin(address: str) -> bool:
    """Whether nothing follows the name and port of a web address."""
    parts = urlsplit(address)
    return not (parts.path or parts.query or parts.fragment)
