"""A secret is replaced without training anew, and nothing is opened that no secret of ours signed."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from detection.models import Artifact
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import this_hour

NEW = "the-new-secret-" * 4


@pytest.fixture
def replaced(db: None, settings: Any) -> Any:
    """Two versions; the secret that signed them is an earlier one now."""
    series = make_series(last_number=2)
    for number in (1, 2):
        make_version(series, number, this_hour())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW
    return settings


def test_what_an_earlier_secret_signed_opens(replaced: Any) -> None:
    assert artifacts.load_detectors(KEY, 1)


def test_after_signing_again_the_earlier_secret_can_be_forgotten(replaced: Any) -> None:
    call_command("sign_models")
    replaced.SECRET_KEY_FALLBACKS = []
    assert artifacts.load_detectors(KEY, 1)


def test_what_no_secret_signed_is_not_opened_and_not_signed(replaced: Any) -> None:
    Artifact.objects.filter(number=1).update(payload=b"something else")
    with pytest.raises(CommandError, match="The signature of lahore/pm2_5 1 out_of_range is wrong"):
        call_command("sign_models")
    replaced.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ArtifactError):
        artifacts.load_detectors(KEY, 1)
    assert artifacts.load_detectors(KEY, 2)
