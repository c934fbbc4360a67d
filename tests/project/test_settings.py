"""A wrong setting stops the start with one line that names it and says why."""

import os
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

from aqi_project.errors import ConfigurationError
from aqi_project.mongodb.mongod import free_port
from aqi_project.ports import PATIENCE, refuse_taken
from tests.project.manage import manage
from tests.project.system import at_rest

UNREACHABLE_LIMIT = 10.0  # seconds


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    """`make run`'s process with the tests' environment and these changes."""
    environment = {**os.environ, "PORT": str(free_port()), **changes}
    command = [sys.executable, "-m", "aqi_project.up"]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "word", "PORT must be a number from 1 to 65535, not 'word'."),
        ("AQI_SOURCE", "crystal ball", "AQI_SOURCE must be one of auto, openweather, open_meteo, replay"),
        ("AQI_SOURCE", "openweather", "AQI_SOURCE=openweather needs OPENWEATHER_API_KEY."),
        ("MONGODB_URI", "localhost:27017", "MONGODB_URI must start with mongodb://"),
        ("MONGODB_URI", "mongodb://me:p@ss@localhost/", "MONGODB_URI is malformed."),
        ("MONGODB_NAME", "city.air", "MONGODB_NAME must be a database's name such as aqi, not 'city.air'."),
        ("EMAIL_URL", "mail.example.org", "EMAIL_URL must be a mail server's address"),
        ("OFFICER_EMAIL", "officer", "OFFICER_EMAIL must be a mail address such as officer@localhost, not 'officer'."),
        ("DEFAULT_FROM_EMAIL", "Alerts <alerts>", "DEFAULT_FROM_EMAIL must be a mail address"),
        ("MONGODB_NAME", "my air", "MONGODB_NAME must be a database's name such as aqi, not 'my air'."),
        ("CSRF_TRUSTED_ORIGINS", "https://a.org,b.org", "CSRF_TRUSTED_ORIGINS must be addresses such as https://air"),
        (
            "SITE_URL",
            "https://example.org/air",
            "SITE_URL must be an address without a path, such as http://localhost:",
        ),
        ("ALLOWED_HOSTS", "https://air.example.org", "ALLOWED_HOSTS must be names such as air.example.org"),
        ("VAR_DIR", "/dev/null/var", "VAR_DIR=/dev/null/var cannot be used: Not a directory."),
    ],
)
def test_it_refuses_a_wrong_setting_in_one_line(name, value, reason):
    done = start(**{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot start: {reason}")
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_named_where_the_secret_needs_none():
    """Each process makes it at its start."""
    done = manage("check", VAR_DIR="/dev/null/var", SECRET_KEY="0123456789" * 5)
    assert done.stderr == "Cannot start: VAR_DIR=/dev/null/var cannot be used: Not a directory.\n"


def test_a_host_that_is_not_this_machine_is_named_at_once():
    began = time.monotonic()
    with pytest.raises(
        ConfigurationError, match=r"on 192\.0\.2\.1: Cannot assign .*\. Set another one, or another HOST\.$"
    ):
        refuse_taken("PORT", "192.0.2.1", free_port())
    assert time.monotonic() - began < PATIENCE.total_seconds()


def test_origins_are_read_without_their_last_slash(environment):
    os.environ["CSRF_TRUSTED_ORIGINS"] = "https://air.example.org/, http://localhost:8000"
    assert environment.origins("CSRF_TRUSTED_ORIGINS") == ["https://air.example.org", "http://localhost:8000"]


@pytest.mark.parametrize("text", ["https://air.example.org/form", "https://air.example.org?a", "https://a b.org"])
def test_an_origin_is_a_name_and_no_more(environment, text):
    """Django compares it as a whole: with anything behind the name no form would ever be taken."""
    os.environ["CSRF_TRUSTED_ORIGINS"] = text
    with pytest.raises(ConfigurationError, match=r"^CSRF_TRUSTED_ORIGINS must be addresses such as https://air"):
        environment.origins("CSRF_TRUSTED_ORIGINS")


def test_an_origin_may_stand_for_all_names_below_one(environment):
    os.environ["CSRF_TRUSTED_ORIGINS"] = "https://*.example.org"
    assert environment.origins("CSRF_TRUSTED_ORIGINS") == ["https://*.example.org"]


@pytest.mark.parametrize("text", ["https://air.example.org", "air.example.org:443", "air.example.org/", "::1", "a b"])
def test_a_host_that_no_request_can_name_is_refused(environment, text):
    """Django would answer each request with 400, and the operator would look for it in the proxy."""
    os.environ["ALLOWED_HOSTS"] = f"localhost,{text}"
    with pytest.raises(ConfigurationError, match=r"^ALLOWED_HOSTS must be names such as air\.example"):
        environment.hosts("ALLOWED_HOSTS", "localhost")


def test_hosts_are_names_domains_and_addresses(environment):
    hosts = ["air.example.org", ".example.org", "localhost", "127.0.0.1", "[::1]", "my_air", "*"]
    os.environ["ALLOWED_HOSTS"] = ", ".join(hosts)
    assert environment.hosts("ALLOWED_HOSTS", "localhost") == hosts


@pytest.mark.parametrize("name", ["admin", "local", "config", "Admin"])
def test_a_database_of_mongodb_itself_is_none_of_ours(environment, name):
    """`restore --replace` would delete its accounts, and there are no change streams on it."""
    os.environ["MONGODB_NAME"] = name
    with pytest.raises(ConfigurationError, match="MONGODB_NAME must be a database's name such as aqi, not"):
        environment.database("MONGODB_NAME", "aqi")


@pytest.mark.parametrize("text", ["a@example.org, b@example.org", "a@example.org b@example.org"])
def test_two_mail_addresses_are_not_taken_for_one(environment, text):
    os.environ["OFFICER_EMAIL"] = text
    with pytest.raises(ConfigurationError, match="OFFICER_EMAIL must be a mail address such as officer@localhost"):
        environment.mail_address("OFFICER_EMAIL", "officer@localhost")


def test_a_folder_for_the_embedded_database_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "mongodb").touch()
    done = start(MONGODB_URI="", VAR_DIR=str(tmp_path))
    assert done.stderr == f"Cannot start: VAR_DIR cannot be used: {tmp_path}/mongodb: File exists.\n"


@pytest.mark.processes
def test_it_says_soon_that_the_database_cannot_be_reached():
    started = time.monotonic()
    done = start(MONGODB_URI=f"mongodb://someone:a-secret@127.0.0.1:{free_port()}/")
    assert time.monotonic() - started < at_rest(UNREACHABLE_LIMIT)
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot start: MONGODB_URI cannot be used: ")
    assert "Connection refused" in done.stderr
    assert "a-secret" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(PORT=str(port))
    assert (
        done.stderr
        == f"Cannot start: PORT={port} cannot be used on 127.0.0.1: Address already in use. Set another one.\n"
    )


def test_a_taken_port_of_the_embedded_database_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(MONGODB_URI="", EMBEDDED_MONGODB_PORT=str(port))
    assert done.stderr.startswith(f"Cannot start: EMBEDDED_MONGODB_PORT={port} cannot be used")
    assert done.stderr.count("\n") == 1


def test_an_empty_value_counts_as_unset(environment):
    os.environ["PORT"] = " "
    assert environment.port("PORT", 8000) == 8000


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("YES", True), ("0", False), ("off", False), ("", True)])
def test_a_flag_is_read_in_the_usual_words(environment, text, flag):
    os.environ["DEBUG"] = text
    assert environment.flag("DEBUG", default=True) is flag


@pytest.mark.parametrize("text", ["maybe", "2", "yes!"])
def test_a_flag_in_other_words_is_refused(environment, text):
    """PRODUCTION=maybe must be neither."""
    os.environ["PRODUCTION"] = text
    with pytest.raises(ConfigurationError, match=f"PRODUCTION must be true or false, not '{text}'"):
        environment.flag("PRODUCTION", default=False)


@pytest.mark.parametrize("port", [1, 65535])
def test_the_first_and_the_last_port_are_ports(environment, port):
    os.environ["PORT"] = str(port)
    assert environment.port("PORT", 8000) == port


@pytest.mark.parametrize("text", ["0", "65536", "80.5", "eighty", "nan", "inf"])
def test_a_port_is_a_whole_number_in_range(environment, text):
    os.environ["PORT"] = text
    with pytest.raises(ConfigurationError, match="PORT must be"):
        environment.port("PORT", 8000)


@pytest.mark.parametrize(
    "text",
    ["air.example.org", "ftp://air.example.org", "https://", "http://[broken", "http://air:web", "http://air:99999"],
)
def test_what_is_no_web_address_is_refused_in_one_line(environment, text):
    os.environ["SITE_URL"] = text
    with pytest.raises(ConfigurationError, match=r"^SITE_URL must be an address such as http://localhost:8000, not"):
        environment.url("SITE_URL", "http://localhost:8000")


@pytest.mark.parametrize("text", ["https://air.example.org/", "http://[::1]:8000", "http://127.0.0.1"])
def test_a_web_address_is_read_without_its_last_slash(environment, text):
    os.environ["SITE_URL"] = text
    assert environment.url("SITE_URL", "") == text.rstrip("/")


@pytest.mark.parametrize(("name", "fits"), [("a" * 63, True), ("a" * 64, False), ("é" * 32, False)])
def test_the_name_of_a_database_has_63_bytes_at_most(environment, name, fits):
    os.environ["MONGODB_NAME"] = name
    if fits:
        assert environment.database("MONGODB_NAME", "aqi") == name
        return
    with pytest.raises(ConfigurationError, match="MONGODB_NAME must be a database's name such as aqi"):
        environment.database("MONGODB_NAME", "aqi")


@pytest.mark.parametrize("text", ["form://[secret", "me:secret", "secret"])
def test_what_is_no_gateway_is_refused_without_its_password(environment, text):
    """The log looks for the gateway's password in it, and would break at each line."""
    os.environ["SMS_URL"] = text
    with pytest.raises(ConfigurationError, match=r"^SMS_URL must be a gateway's address") as refused:
        environment.gateway("SMS_URL")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "form://127.0.0.1:1/?:to={to}", "twilio://AC1:token@+15005550006/{to}"])
def test_a_gateway_is_taken_as_it_stands(environment, text):
    os.environ["SMS_URL"] = text
    assert environment.gateway("SMS_URL") == text


def test_a_folder_in_a_home_that_is_not_there_is_refused(environment, tmp_path):
    os.environ["VAR_DIR"] = "~nobody-of-that-name/var"
    with pytest.raises(ConfigurationError, match=r"^VAR_DIR=~nobody-of-that-name/var cannot be used: "):
        environment.folder("VAR_DIR", tmp_path)


@pytest.mark.parametrize(
    ("url", "port", "encrypted_by"),
    [
        ("smtp://127.0.0.1:2525", 2525, None),
        ("smtp://mail.example.org", 25, None),
        ("smtp+tls://mail.example.org", 587, "EMAIL_USE_TLS"),
        ("smtp+ssl://mail.example.org", 465, "EMAIL_USE_SSL"),
    ],
)
def test_a_mail_server_is_read_from_its_url(environment, url, port, encrypted_by):
    os.environ["EMAIL_URL"] = url
    mail = environment.email("EMAIL_URL")
    assert (mail["EMAIL_PORT"], mail["EMAIL_BACKEND"]) == (port, "alerts.channels.mail.SmtpBackend")
    assert {name for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL") if mail.get(name)} == {encrypted_by} - {None}


def test_a_mail_password_may_hold_any_character(environment):
    os.environ["EMAIL_URL"] = "smtp+tls://officer%40example.org:a%2Fb%3Ac%40d@mail.example.org:587"
    mail = environment.email("EMAIL_URL")
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("officer@example.org", "a/b:c@d")


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://me:secret@host:port"]
)
def test_what_is_no_mail_server_is_refused_without_its_password(environment, url):
    os.environ["EMAIL_URL"] = url
    with pytest.raises(ConfigurationError) as refused:
        environment.email("EMAIL_URL")
    assert "secret" not in str(refused.value)


def test_without_a_mail_server_mail_stays_on_this_machine(environment):
    os.environ["EMAIL_URL"] = ""
    assert environment.email("EMAIL_URL") == {}


def test_what_is_loaded_at_the_start_is_not_searched_for_garbage_again():
    loaded = 50_000  # objects; Django and the applications are more
    asked = [sys.executable, "-c", "import django, gc; django.setup(); print(gc.get_freeze_count())"]
    done = subprocess.run(asked, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert int(done.stdout) > loaded
