"""Made-up air for the tests: seeded, hourly unless said otherwise, with a daily rhythm and weather."""

from datetime import timedelta

import numpy as np
import pandas as pd

START = pd.Timestamp("2023-01-01", tz="UTC")
HOUR = timedelta(hours=1)
COLUMNS = ("pm2_5", "pm10", "no2", "pm2_5@gulberg", "pm2_5@ravi")


def air(
    days: int = 90, *, seed: int = 1, interval: timedelta = HOUR, columns: tuple[str, ...] = COLUMNS
) -> pd.DataFrame:
    """A clean frame of so many days."""
    rng = np.random.default_rng(seed)
    at = pd.date_range(START, periods=round(days * timedelta(days=1) / interval), freq=interval, name="at")
    hour = np.asarray(at.hour + at.minute / 60)
    step = float(interval / HOUR)
    weather = _wander(rng, len(at), decay=0.98**step, size=0.1 * np.sqrt(step))
    level = 4.2 + 0.4 * np.sin(2 * np.pi * (hour - 3) / 24) + weather
    noise = {name: rng.normal(0, 0.05, len(at)) for name in columns}
    return pd.DataFrame({name: np.exp(level + k * 0.3 + noise[name]) for k, name in enumerate(columns)}, index=at)


def _wander(rng: np.random.Generator, count: int, *, decay: float, size: float) -> np.ndarray:
    shocks = rng.normal(0, size, count)
    level = np.zeros(count)
    for i in range(1, count):
        level[i] = decay * level[i - 1] + shocks[i]
    return level
