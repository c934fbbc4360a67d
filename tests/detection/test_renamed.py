"""A station that is renamed, as when its source changes: what was learnt goes along, and others get the names."""

from datetime import datetime

import pytest

from detection.live import scoring, serving
from detection.models import Anomaly, Artifact, ModelVersion, Promotion, Series
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError
from detection.versions.registry import promote
from ingestion.models import Station
from ingestion.signals import station_renamed
from tests.detection.trained import KEY, make_champion, make_series, make_version, small_detector
from tests.factories import make_anomaly

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(lahore: Station, now: datetime) -> Series:
    return make_champion(now)


def test_what_was_learnt_goes_with_a_station_that_is_renamed(series: Series, now: datetime) -> None:
    make_version(series, 2, now)
    promote(series, 2, who="ayesha", why="better")
    station_renamed.send(sender=None, old="lahore", new="lahore-old")
    moved = Series.objects.get(key="lahore-old/pm2_5")
    assert artifacts.load_detectors(moved.key, 2)["out_of_range"].fitted
    assert Promotion.objects.get().series == moved.key


def test_a_renaming_that_died_after_the_series_is_done_again_with_all_that_was_learnt(
    series: Series, now: datetime
) -> None:
    make_anomaly("lahore", now)
    Series.objects.update(key="lahore-old/pm2_5", station="lahore-old")
    station_renamed.send(sender=None, old="lahore", new="lahore-old")
    assert ModelVersion.objects.get().series == "lahore-old/pm2_5"
    assert artifacts.load_detectors("lahore-old/pm2_5", 1)["out_of_range"].fitted
    assert Anomaly.objects.get().series == "lahore-old/pm2_5"


def test_a_signature_that_is_wrong_ends_no_renaming(series: Series, now: datetime) -> None:
    Artifact.objects.update(signature="0" * 64)
    station_renamed.send(sender=None, old="lahore", new="lahore-old")
    assert Artifact.objects.get().series == "lahore-old/pm2_5"
    with pytest.raises(ArtifactError, match="signature"):
        artifacts.check("lahore-old/pm2_5", 1)


def test_a_key_that_another_series_gets_brings_no_model_of_the_one_before(series: Series, now: datetime) -> None:
    """A station that changes its source starts anew under the same names, its versions at 1, in running processes."""

    def expected() -> list[float]:
        serving._read_at[0] = float("-inf")  # half a second later
        champion = serving.champion(KEY)
        assert champion.band is not None
        _, band = scoring.model(champion.series.pk, KEY, 1)
        bands = (champion.band, serving.band_of(ModelVersion.objects.get(series=KEY)), band)
        return [one.at(now).expected for one in bands]

    serving.forget()
    assert expected() == [100.0] * 3
    station_renamed.send(sender=None, old="lahore", new="lahore-openweather")
    first = ModelVersion.objects.get()
    make_series(champion=1, last_number=1)
    band = {**first.band, "expected": [700.0] * len(first.band["expected"])}
    copied = {field.name: getattr(first, field.name) for field in ModelVersion._meta.fields if field.name != "id"}
    ModelVersion.objects.create(**{**copied, "series": KEY, "band": band})
    artifacts.save(KEY, 1, {"out_of_range": small_detector()})
    assert expected() == [700.0] * 3
