"""What the providers foretell is kept as it came, and stands beside our own forecasts' record."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from detection.lifecycle.watch import records
from detection.live.forecasts import provider
from detection.models import ProviderForecast
from detection.tasks import fetch_provider_forecasts
from ingestion.observation import Observation
from tests.detection.trained import KEY, make_champion
from tests.factories import HOUR, make_forecast, make_lahore, make_readings, make_station, this_hour, usual_pm
from tests.servers.provider import Answer, ProviderServer, provider_server

pytestmark = pytest.mark.django_db
FORECAST = "/data/2.5/air_pollution/forecast"


@pytest.fixture
def server(settings: Any) -> Iterator[ProviderServer]:
    """An OpenWeather that foretells 60 µg/m³ for four days, and nonsense for one hour."""
    with provider_server() as running:
        settings.OPENWEATHER_URL, settings.OPENWEATHER_API_KEY = running.url, "key"
        running.will(FORECAST, Answer({"list": [item(row) for row in range(96)]}))
        yield running


def item(row: int) -> dict[str, Any]:
    at = this_hour() + row * HOUR
    value = -9999 if row == 3 else 60.0
    return {"dt": int(at.timestamp()), "main": {"aqi": 3}, "components": {"pm2_5": value, "co": 400.0}}


def test_an_hours_forecast_is_asked_for_once_and_kept_as_it_came(server: ProviderServer) -> None:
    make_station(provider="openweather")
    assert fetch_provider_forecasts() == 1
    kept = ProviderForecast.objects.get()
    assert (kept.station, kept.provider, kept.start - kept.issued_at) == ("lahore", "openweather", HOUR)
    assert kept.values["co"] == [400.0] * 72
    assert kept.values["pm2_5"].count(None) == 1
    server.will(FORECAST, Answer({"list": []}))
    assert fetch_provider_forecasts() == 0
    assert len(server.asked) == 1
    with pytest.raises(TypeError, match="never changed"):
        kept.save()


def test_a_provider_that_foretold_nothing_is_asked_again_and_a_recording_never(server: ProviderServer) -> None:
    make_station(provider="openweather")
    make_station(slug="played", provider="replay")
    server.will(FORECAST, Answer({"list": []}))
    assert fetch_provider_forecasts() == 0
    server.will(FORECAST, Answer({"list": [item(row) for row in range(96)]}))
    assert fetch_provider_forecasts() == 1


def test_of_what_a_provider_foretold_the_hours_that_we_foretell_are_kept() -> None:
    start = this_hour()
    foretold = [Observation(start + row * HOUR, {"pm2_5": float(row)}, "openweather") for row in (-1, 0, 71, 72)]
    rows = provider.table([*foretold, Observation(start + HOUR, {"co": -0.1}, "openweather")], start)
    assert rows == {"pm2_5": [0.0, *[None] * 70, 71.0], "co": [None] * 72}


def test_a_station_that_is_not_watched_is_not_asked_for(server: ProviderServer) -> None:
    make_station(provider="openweather", is_active=False)
    assert fetch_provider_forecasts() == 0
    assert server.asked == []


def test_another_station_and_the_hour_before_hinder_none(server: ProviderServer) -> None:
    make_station(provider="openweather")
    given = {"provider": "openweather", "start": this_hour(), "values": {}}
    for slug, hours in (("lahore", 1), ("multan", 0)):
        ProviderForecast.objects.create(station=slug, issued_at=this_hour() - hours * HOUR, **given)
    assert fetch_provider_forecasts() == 1


@pytest.fixture
def now() -> datetime:
    make_lahore()
    make_readings("lahore", hours=72)
    make_champion(this_hour() - timedelta(days=2))
    return this_hour()


def foretold(at: datetime, away: float) -> None:
    """A provider's forecast that is so far too high in every hour."""
    values = [usual_pm(at + row * HOUR) + away for row in range(1, 73)]
    ProviderForecast.objects.create(
        station="lahore", provider="openweather", issued_at=at, start=at + HOUR, values={"pm2_5": values}
    )


def test_the_months_record_says_how_far_the_provider_was_off(now: datetime) -> None:
    make_forecast(KEY, now - 30 * HOUR)
    foretold(now - 60 * HOUR, 50.0)  # too old to be a rival
    foretold(now - 32 * HOUR, 7.0)
    foretold(now - 29 * HOUR, 90.0)  # issued after ours
    records.update("lahore")
    rows = {row.hours: row for row in records.monthly(KEY)}
    assert rows["7-24"].provider == pytest.approx(7.0)
    assert rows["7-24"].error == pytest.approx(0, abs=1e-9)


def test_without_a_provider_that_foretells_its_column_is_empty(now: datetime) -> None:
    make_forecast(KEY, now - 30 * HOUR)
    records.update("lahore")
    assert {row.provider for row in records.monthly(KEY)} == {None}
