"""Settings that cannot work are said at the start."""

from pathlib import Path

import pytest
from django.test import override_settings

from alerts.checks import settings_can_work
from tests.alerts.test_cap import self_signed


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"SMS_URL": "form://gateway.example/send"}, "alerts.E001"),
        ({"SMS_URL": "twilio://AC1@+1555/{to}"}, "alerts.E002"),
        ({"CAP_SIGNING_KEY": "/no/such/key.pem"}, "alerts.E003"),
        ({"CAP_SIGNING_CERTIFICATE": "/no/such/certificate.pem"}, "alerts.E003"),
    ],
)
def test_a_setting_that_cannot_work_is_an_error_with_a_remedy(changes: dict[str, str], finding: str) -> None:
    with override_settings(**changes):
        found = settings_can_work(None)
    assert [error.id for error in found] == [finding]
    assert found[0].hint


@pytest.mark.parametrize(
    "url", ["", "forms://gateway.example/send?:to={to}&:reference={id}", "twilio://AC1:token@+15550001111/{to}"]
)
def test_settings_that_can_work_are_accepted(url: str) -> None:
    with override_settings(SMS_URL=url):
        assert settings_can_work(None) == []


def test_a_key_and_its_certificate_are_accepted(tmp_path: Path) -> None:
    key, certificate = self_signed(tmp_path)
    with override_settings(CAP_SIGNING_KEY=str(key), CAP_SIGNING_CERTIFICATE=str(certificate)):
        assert settings_can_work(None) == []
    with override_settings(CAP_SIGNING_KEY=str(key)):
        assert settings_can_work(None) == []


def test_files_that_cannot_sign_are_found_before_an_alert_is_published(tmp_path: Path) -> None:
    key, certificate = self_signed(tmp_path)
    (tmp_path / "other").mkdir()
    others = self_signed(tmp_path / "other")[1]
    for files, says in (
        ((certificate, certificate), "private key"),
        ((key, key), "certificate"),
        ((key, others), "the certificate is of another key."),
    ):
        with override_settings(CAP_SIGNING_KEY=str(files[0]), CAP_SIGNING_CERTIFICATE=str(files[1])):
            [error] = settings_can_work(None)
        assert (error.id, says in error.msg) == ("alerts.E005", True), error.msg
