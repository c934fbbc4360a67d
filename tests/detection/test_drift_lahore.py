"""The day OpenWeather changed its model for Lahore, 2025-04-05, replayed day by day."""

from datetime import timedelta

import pandas as pd
import pytest

from detection.drift import check

KARACHI = "Asia/Karachi"
CURRENT = timedelta(hours=720)
POLLUTANTS = ["pm2_5", "pm10", "no2", "so2", "o3", "co"]
CHANGE = pd.Timestamp("2025-04-05", tz="UTC")

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def lahore(shared_data) -> pd.DataFrame:
    raw = pd.read_csv(shared_data / "lahore" / "openweather_lahore_hourly_2021-01_2026-01.csv.gz")
    frame = raw.set_index(pd.DatetimeIndex(pd.to_datetime(raw.ts_utc, utc=True), name="at"))
    return frame[POLLUTANTS].astype(float)


def drift_days(frame: pd.DataFrame, variable: str, first: str, last: str, step: str) -> list[pd.Timestamp]:
    found = []
    for now in pd.date_range(first, last, freq=step, tz="UTC"):
        past = frame.loc[now - timedelta(days=760) : now]
        reference, current = past.loc[: now - CURRENT], past.loc[now - CURRENT :].iloc[1:]
        every = pd.Timedelta(step).to_pytimedelta()
        if check(reference, current, variable, KARACHI, every=every).verdict == "drift":
            found.append(now)
    return found


@pytest.mark.parametrize(("variable", "within"), [("co", timedelta(hours=72)), ("no2", timedelta(days=5))])
def test_the_change_is_reported_in_time_and_nothing_in_the_17_days_before(lahore, variable, within):
    days = drift_days(lahore, variable, "2025-03-19", "2025-04-08", "1D")
    assert days
    assert CHANGE < days[0] <= CHANGE + within


@pytest.mark.parametrize("variable", POLLUTANTS)
def test_a_stable_quarter_has_at_most_one_alarm(lahore, variable):
    days = drift_days(lahore.loc["2025-04-06":], variable, "2025-07-01", "2025-09-30", "7D")
    # an alarm that the next check repeats is the same alarm
    repeated = sum(day - timedelta(days=7) in days for day in days)
    assert len(days) - repeated <= 1
