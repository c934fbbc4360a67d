"""What the clients ask for: spans, days, keys."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from ingestion.providers.base import StationRef
from ingestion.providers.errors import ProviderError
from tests.ingestion.turns import fetch_from
from tests.servers.provider import Answer

LAHORE = StationRef(latitude=31.55, longitude=74.34)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLLUTION, AIR = "/data/2.5/air_pollution", "/v1/air-quality"


def this_hour():
    """Of the clock, which the clients look at, too."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def hour_item(at):
    return {"dt": int(at.timestamp()), "main": {"aqi": 1}, "components": {"pm2_5": 1.0}}


def hourly(start, hours):
    times = [int((start + i * HOUR).timestamp()) for i in range(hours)]
    return {"hourly": {"time": times, "pm2_5": [1.0] * hours}, "hourly_units": {"pm2_5": "µg/m³"}}


def test_openweather_history_is_asked_in_spans_without_a_gap_or_an_overlap(server):
    start, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    server.will(f"{POLLUTION}/history", Answer({"list": [hour_item(start)]}))
    fetch_from(server, "openweather", lambda provider: provider.fetch_history(LAHORE, start, end), "key")
    spans = [(int(asked.query["start"]), int(asked.query["end"])) for asked in server.asked]
    assert len(spans) == 5
    assert (spans[0][0], spans[-1][1]) == (int(start.timestamp()), int(end.timestamp()) - 1)
    assert [later[0] - earlier[1] for earlier, later in pairwise(spans)] == [1] * 4


def test_openweather_forecast_is_told_from_what_is_observed(server):
    now = this_hour()
    server.will(f"{POLLUTION}/forecast", Answer({"list": [hour_item(now + i * HOUR) for i in range(97)]}))
    parsed = fetch_from(server, "openweather", lambda provider: provider.fetch_forecast(LAHORE), "key")
    assert [len(parsed.observations), len(parsed.forecast), len(parsed.rejected)] == [1, 96, 0]


def test_a_current_answer_from_the_future_is_refused(server):
    server.will(POLLUTION, Answer({"list": [hour_item(this_hour() + 5 * HOUR)]}))
    parsed = fetch_from(server, "openweather", lambda provider: provider.fetch_current(LAHORE), "key")
    assert (parsed.observations, parsed.forecast) == ([], [])
    assert "is in the future" in parsed.rejected[0].reason


def test_open_meteo_gives_yesterday_and_today_up_to_now(server):
    midnight = this_hour().replace(hour=0)
    server.will(AIR, Answer(hourly(midnight - DAY, 48)))
    parsed = fetch_from(server, "open_meteo", lambda provider: provider.fetch_current(LAHORE))
    assert parsed.observations[-1].at == this_hour()
    assert parsed.forecast == []
    [asked] = server.asked
    assert (asked.query["past_days"], asked.query["timeformat"]) == ("1", "unixtime")


@pytest.mark.parametrize(("days", "past_days"), [(0.1, None), (7, None), (91.5, "92")])
def test_open_meteo_backfills_recent_days_by_counting_back(server, days, past_days):
    now = this_hour()
    start = now - days * DAY
    server.will(AIR, Answer(hourly(now - 93 * DAY, 93 * 24 + 30)))
    parsed = fetch_from(server, "open_meteo", lambda provider: provider.fetch_history(LAHORE, start, now))
    counted = int(server.asked[0].query["past_days"])
    assert now.replace(hour=0) - counted * DAY <= start
    assert counted == int(past_days or counted) <= 92
    assert start <= parsed.observations[0].at
    assert parsed.observations[-1].at == now - HOUR


@pytest.mark.parametrize(("hours", "dates"), [(5, ("2023-12-31", "2024-01-01")), (-5, ("2024-01-01", "2024-01-02"))])
def test_open_meteo_is_asked_for_the_days_of_utc_whatever_the_offset(server, hours, dates):
    zone = timezone(timedelta(hours=hours))
    start = datetime(2024, 1, 1, tzinfo=zone)
    server.will(AIR, Answer(hourly(datetime(2023, 12, 31, tzinfo=UTC), 72)))
    parsed = fetch_from(server, "open_meteo", lambda provider: provider.fetch_history(LAHORE, start, start + DAY))
    [asked] = server.asked
    assert (asked.query["start_date"], asked.query["end_date"]) == dates
    assert len(parsed.observations) == 24


@pytest.mark.parametrize("name", ["openweather", "open_meteo"])
def test_a_station_without_a_place_is_asked_for_nowhere(server, name):
    nowhere = StationRef(latitude=31.55)
    with pytest.raises(ProviderError, match="needs a place") as refused:
        fetch_from(server, name, lambda provider: provider.fetch_current(nowhere), "key")
    assert refused.value.permanent
    assert server.asked == []


def test_open_meteo_backfills_older_days_by_their_dates(server):
    start = datetime(2024, 1, 1, tzinfo=UTC)
    server.will(AIR, Answer(hourly(start, 48)))
    parsed = fetch_from(server, "open_meteo", lambda provider: provider.fetch_history(LAHORE, start, start + DAY))
    [asked] = server.asked
    assert (asked.query["start_date"], asked.query["end_date"]) == ("2024-01-01", "2024-01-02")
    assert len(parsed.observations) == 24
