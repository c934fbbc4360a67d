"""Mail of a development machine."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from alerts.channels.mail import DevelopmentBackend


def test_a_mail_is_shown_and_kept_and_overwrites_itself_when_sent_again(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    mail = EmailMessage("Bad air", "Stay inside.", to=["a@example.org"], headers={"Message-ID": "<../1@x>"})
    for _ in range(2):
        assert DevelopmentBackend().send_messages([mail]) == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert b"Subject: Bad air" in file.read_bytes()
    assert "Stay inside." in capsys.readouterr().out
