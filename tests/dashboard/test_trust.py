"""The pages that say how far to trust the others."""

import pytest

from dashboard.past.outages import availability
from dashboard.trust import record
from detection.models import ModelVersion, Series
from ingestion.models import RejectedItem
from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db


def test_a_forecast_that_came_true_has_no_error_and_beats_persistence(modelled_lahore):
    make.make_forecast("lahore/pm2_5", make.this_hour() - 30 * make.HOUR)
    rows = {row.hours: row for row in record(Series.objects.get(key="lahore/pm2_5"))}
    assert rows[6].error == pytest.approx(0)
    assert rows[6].persistence > 0
    assert rows[6].better == pytest.approx(1)
    assert rows[6].covered == 1.0
    assert 48 not in rows


def test_a_forecast_that_failed_says_so(modelled_lahore):
    issued = make.this_hour() - 30 * make.HOUR
    make.make_forecast("lahore/pm2_5", issued)
    make.make_reading("lahore", issued + make.HOUR, pm2_5=900.0)
    first = record(Series.objects.get(key="lahore/pm2_5"))[0]
    assert first.covered == 0.0
    assert first.error > 700


def test_doubted_values_judge_no_forecast(modelled_lahore):
    issued = make.this_hour() - 30 * make.HOUR
    make.make_forecast("lahore/pm2_5", issued)
    make.make_reading("lahore", issued + make.HOUR, pm2_5=900.0, flags={"pm2_5": "too high"})
    assert 1 not in {row.hours for row in record(Series.objects.get(key="lahore/pm2_5"))}


def test_the_model_card_names_the_champion_and_those_before(modelled_lahore):
    old = ModelVersion.objects.get()
    ModelVersion.objects.create(
        series=old.series, number=2, reason="drift", trained_from=old.trained_from, trained_to=old.trained_to,
        rows=4321, data_hash="1" * 64, seconds=1.0, band=old.band,
    )  # fmt: skip
    Series.objects.update(champion=2)
    page = citizen().get("/lahore/lahore/model/").content.decode()
    assert "4321 readings" in page or "4,321 readings" in page
    assert "The data drifted" in page
    assert "First training" in page


def test_without_models_the_card_says_so(lahore):
    assert "Nothing is modelled here yet." in citizen().get("/lahore/lahore/model/").content.decode()


def test_the_data_page_names_source_licence_and_what_was_rejected(lahore):
    RejectedItem.objects.create(station="lahore", provider="openweather", reason="x", item="{}", fingerprint="1")
    page = citizen().get("/lahore/lahore/data/").content.decode()
    assert "ODbL 1.0" in page
    assert "1 in 30 days" in page
    assert "not a monitor in a street" in page


def test_outages_are_seen_day_by_day(lahore):
    days = availability(lahore, make.this_hour())
    assert len(days) == 90
    assert days[0].state == "none"
    assert days[-1].state == "all"


def test_a_day_with_half_its_readings_is_shown_in_part(lahore):
    yesterday = make.this_hour().astimezone(lahore.zone).replace(hour=0) - 24 * make.HOUR
    for hour in range(12):
        at = (yesterday + hour * make.HOUR).astimezone(make.UTC).replace(tzinfo=None)
        make.collection(make.Reading).delete_one({"at": at})
    assert availability(lahore, make.this_hour())[-1].state == "some"


def test_the_status_page_says_what_came_last_and_what_went_wrong(lahore):
    lahore.last_poll_error = "The provider did not answer.\nTraceback"
    lahore.save()
    page = citizen().get("/status/").content.decode()
    assert "The provider did not answer." in page
    assert "Traceback" not in page
    assert "Tasks that wait" in page


def test_the_status_page_works_before_there_is_anything(db):
    assert citizen().get("/status/").status_code == 200
