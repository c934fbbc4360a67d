"""Rows `forecast.*`: forecasts of Lahore's PM2.5 on months not used while choosing, beside the naive rules.

Regime 1 is OpenWeather's model before 2025-04-05, regime 2 after; the models are told of the change, as the service
tells them once it has noticed it. Refitted every 30 days on what was known then,
issued every 7 hours so that every hour of the day has its turn. Run alone it prints every pollutant:
`python -m benchmarks.forecast` (a quarter of an hour), and the first day by hour of issue, on which persistence hangs.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

import pandas as pd

from benchmarks import lahore
from benchmarks.rows import Row, at_least, at_most, row
from detection.forecasting import Backtest, Forecaster, backtest

EVERY: Final = "7h"
HELD_OUT: Final = {"regime1": ("2023-07-01", "2024-06-07"), "regime2": ("2025-09-01", "2026-01-21")}
POLLUTANTS: Final = ("pm2_5", "pm10", "no2", "so2", "o3", "co")
CHANGED_AT: Final = {"regime2": datetime(2025, 4, 5, 12, tzinfo=UTC)}
ROUNDS: Final = 20


def run() -> list[Row]:
    """The rows of the table; none where the larger data sets are missing."""
    if not lahore.is_there():
        return []
    frame = lahore.recorded()[list(POLLUTANTS)]
    rows = [row for name in HELD_OUT for row in judged(name, tested(frame, "pm2_5", name))]
    return rows + timed(frame)


def tested(frame: pd.DataFrame, target: str, name: str) -> Backtest:
    origins = pd.date_range(*HELD_OUT[name], freq=EVERY, tz="UTC")
    return backtest(frame, origins, target, lahore.ZONE, changed_at=CHANGED_AT.get(name))


def judged(name: str, result: Backtest) -> list[Row]:
    """Error of the first day and of three, and the bands, against the goals."""
    day, hour, all_hours = (result.first_hours(hours) for hours in (24, 1, 72))
    rows = [
        better(f"forecast.{name}.24h_of_same_hour", day.ours, day.seasonal_naive, 0.72),
        better(f"forecast.{name}.24h_of_persistence", day.ours, day.persistence, 0.62),
        better(f"forecast.{name}.1h_of_persistence", hour.ours, hour.persistence, 1.0),
        better(f"forecast.{name}.72h_of_same_hour", all_hours.ours, all_hours.seasonal_naive, 1.0),
        better(f"forecast.{name}.72h_of_persistence", all_hours.ours, all_hours.persistence, 1.0),
    ]
    for hours in (24, 72):
        share, worst = result.coverage(hours)
        met = 0.93 <= share <= 0.97
        rows.append(row(f"forecast.{name}.band{hours}h", share, "share", "0.93 to 0.97", met, digits=3))
        rows.append(at_least(f"forecast.{name}.band{hours}h_worst_week", worst, "share", 0.85, digits=3))
    return rows


def better(name: str, ours: float, peer: float, goal: float) -> Row:
    return at_most(name, ours, "µg/m³", goal, peer=peer)


def timed(frame: pd.DataFrame) -> list[Row]:
    """A year's fit, and one forecast a week after it."""
    year, week = frame.loc["2022-07":"2023-06"], frame.loc["2022-07":"2023-07-07"]
    start = perf_counter()
    made = Forecaster("pm2_5", lahore.ZONE).fit(year)
    fit = perf_counter() - start
    made.issue(week)
    start = perf_counter()
    for _ in range(ROUNDS):
        made.issue(week)
    issue = (perf_counter() - start) / ROUNDS * 1000
    return [at_most("forecast.fit", fit, "s", 10), at_most("forecast.issue", issue, "ms", 50)]


def main(targets: list[str]) -> None:
    """Error of every pollutant by hours ahead, and coverage, as a table."""
    frame = lahore.recorded()[list(POLLUTANTS)]
    for target in targets:
        for name, span in HELD_OUT.items():
            result = tested(frame, target, name)
            print(f"\n{target}, {name} ({span[0]} to {span[1]})")
            print(result.errors((0, 1, 6, 12, 24, 48, 72)).round(3).to_string())
            print(f"first day of same hour {result.first_hours(24).of_seasonal_naive:.3f}", end=", ")
            print(f"of persistence {result.first_hours(24).of_persistence:.3f}")
            print({f"band {hours} h": [round(v, 3) for v in result.coverage(hours)] for hours in (24, 72)})
            print(by_hour_of_issue(result.forecasts).round(3).to_string())


def by_hour_of_issue(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Error of the first day over that of the naive rules, by three local hours of issue."""
    first_day = forecasts[forecasts.hours_ahead <= 24].dropna()
    names = {"q500": "ours", "persistence": "persistence", "seasonal_naive": "same hour"}
    errors = first_day[list(names)].sub(first_day.truth, axis=0).abs().rename(columns=names)
    means = errors.groupby(first_day.origin.dt.tz_convert(lahore.ZONE).dt.hour // 3 * 3).mean()
    means.index.name = "issued from"
    naive = means[["persistence", "same hour"]]
    return (1 / naive.div(means.ours, axis=0)).add_prefix("of ").T


if __name__ == "__main__":
    main(sys.argv[1:] or list(POLLUTANTS))
