"""What `.env` says counts, and what cannot be read in it stops the start."""

import errno
import os
from pathlib import Path

import pytest

from aqi_project.environment import Environment
from aqi_project.errors import ConfigurationError


def test_a_file_of_settings_that_is_no_text_is_named(tmp_path):
    (tmp_path / ".env").write_bytes("PORT=8000\n".encode("utf-16"))
    with pytest.raises(ConfigurationError, match=r"/\.env cannot be read: it is not in UTF-8\.$"):
        Environment(tmp_path)


@pytest.mark.parametrize("line", ["PRODUCTION = true", "PRODUCTION true", "ÄRA=true", "SECRET-KEY=a-secret"])
def test_a_line_of_settings_that_cannot_be_read_stops_the_start_and_is_not_repeated(environment, tmp_path, line):
    """It would be passed over: what was to be a production would start as none."""
    (tmp_path / ".env").write_text(f"# mine\n\nexport PORT=8000\n{line}\n")
    with pytest.raises(ConfigurationError, match=r"^Line 4 of .*/\.env is not NAME=value, without blanks") as refused:
        Environment(tmp_path)
    assert "true" not in str(refused.value)
    assert "a-secret" not in str(refused.value)


def test_the_first_setting_counts_where_an_editor_puts_a_mark_before_it(environment, tmp_path):
    (tmp_path / ".env").write_text("TOWN=Lahore\r\n  \n  # mine\n", encoding="utf-8-sig")
    assert Environment(tmp_path).text("TOWN") == "Lahore"


def test_a_file_of_settings_that_may_not_be_read_stops_the_start(environment, tmp_path, monkeypatch):
    """django-environ passes it over; root, as which tests may run, may read every file."""

    def refuse(*args: object, **options: object) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (tmp_path / ".env").touch()
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigurationError, match=r"/\.env cannot be read: Permission denied\.$"):
        Environment(tmp_path)


def test_the_environment_wins_over_the_file(environment, tmp_path):
    (tmp_path / ".env").write_text("CITY=Delhi\nCOUNTRY=Pakistan\n")
    os.environ["CITY"] = "Lahore"
    again = Environment(tmp_path)
    assert (again.text("CITY"), again.text("COUNTRY")) == ("Lahore", "Pakistan")
