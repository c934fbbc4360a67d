"""The five years of Lahore that lie beside the repository; it ships less than one."""

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
FILE: Final = DATA / "lahore" / "openweather_lahore_hourly_2021-01_2026-01.csv.gz"
ZONE: Final = "Asia/Karachi"
POLLUTANTS: Final = ("pm2_5", "pm10", "no2", "so2", "o3", "co", "no", "nh3")


def is_there() -> bool:
    return FILE.exists()


@cache
def recorded() -> pd.DataFrame:
    """Hourly, µg/m³; for reading alone."""
    raw = pd.read_csv(FILE)
    index = pd.DatetimeIndex(pd.to_datetime(raw.ts_utc, utc=True), name="at")
    return raw.set_index(index)[list(POLLUTANTS)].astype(float)
