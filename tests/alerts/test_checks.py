"""Settings that cannot work are said at the start."""

import pytest
from django.test import override_settings

from alerts.checks import settings_can_work


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
