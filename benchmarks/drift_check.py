"""Row `drift.check`: seconds to check a station's eight series, 720 hours against 2,160.

Run alone it measures what the checks find on Lahore's series beside the textbook tests:
`python -m benchmarks.drift_check pm2_5 co no2` (a few minutes).
`python -m benchmarks.drift_check network` measures the same for PM2.5 beside three neighbours. These are made: Lahore's
series times what the hourly ratios between its low-cost sensors do (NEIGHBOUR_*, measured in autumn 2025).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Final

import numpy as np
import pandas as pd

from benchmarks import lahore
from benchmarks.rows import Row, at_most
from detection.drift import DriftResult, check
from detection.drift.distances import ks, psi, wasserstein

POLLUTANTS: Final = ("pm2_5", "pm10", "no2", "so2", "o3", "co")
HELD_OUT: Final = {"regime1": ("2023-01", "2024-06-07"), "regime2": ("2025-05", "2026-01")}
CURRENT: Final = timedelta(hours=720)
REFERENCE: Final = timedelta(hours=2160)
WEEK: Final = timedelta(days=7)
FOUND_WITHIN_WEEKS: Final = 5  # 35 days
INJECTIONS: Final = 30
KINDS: Final = ("× 0.5", "× 1.6", "noise")
SEED: Final = 7
ROUNDS: Final = 3
GOAL_SECONDS: Final = 2.0
NEIGHBOURS: Final = 3
NEIGHBOUR_HOURLY: Final = 0.35  # deviation of the log ratio to a neighbour, from hour to hour
NEIGHBOUR_MEMORY: Final = 0.65  # of that, kept by the next hour
NEIGHBOUR_WEEKLY: Final = 0.08  # deviation of its weekly median


def run() -> list[Row]:
    """The row of the table."""
    times = []
    for _ in range(ROUNDS):
        frame = made_up()
        start = perf_counter()
        for variable in frame:
            check(frame.iloc[:2160], frame.iloc[2160:], str(variable), lahore.ZONE)
        times.append(perf_counter() - start)
    return [at_most("drift.check", float(np.median(times)), "s", GOAL_SECONDS)]


def made_up() -> pd.DataFrame:
    """Eight autocorrelated series that share their weather."""
    random = np.random.default_rng(SEED)
    index = pd.date_range("2025-01-01", periods=2880, freq="h", tz="UTC", name="at")
    weather = pd.Series(random.normal(size=2880)).ewm(alpha=0.03).mean().to_numpy()
    return pd.DataFrame({f"v{i}": np.exp(3 + weather + random.normal(0, 0.1, 2880)) for i in range(8)}, index=index)


def at(frame: pd.DataFrame, now: pd.Timestamp, variable: str) -> tuple[DriftResult, dict[str, bool]]:
    """The check at `now`, and what the textbook tests say to the same raw values."""
    before, after = frame.loc[now - CURRENT - REFERENCE : now - CURRENT], frame.loc[now - CURRENT : now]
    before = before.loc[before.index < after.index[0]]
    was, new = before[variable].to_numpy(), after[variable].to_numpy()
    textbook = {
        "KS p < 0.05": ks(was, new)[1] < 0.05,
        "PSI > 0.2": psi(was, new) > 0.2,
        "Wasserstein > 0.1 sd": wasserstein(was, new) > 0.1 * float(np.nanstd(was)),
    }
    return check(before, after, variable, lahore.ZONE), textbook


def weekly(frame: pd.DataFrame, variable: str) -> Iterator[tuple[DriftResult, dict[str, bool]]]:
    """Weekly checks of untouched data; where too much is missing there is none."""
    for now in pd.date_range(frame.index[0] + CURRENT + REFERENCE, frame.index[-1], freq="7D"):
        try:
            yield at(frame, now, variable)
        except ValueError:
            continue


def found(frame: pd.DataFrame, variable: str, kind: str) -> float:
    """Share of injected changes that a weekly check calls drift within 35 days."""
    random = np.random.default_rng(SEED)
    first, last = frame.index[0] + CURRENT + REFERENCE, frame.index[-1] - FOUND_WITHIN_WEEKS * WEEK
    hits = 0
    for _ in range(INJECTIONS):
        moment = first + (last - first) * random.random()
        touched = injected(frame, variable, moment, kind, random)
        phase = WEEK * random.random()
        hits += any(_drift(touched, moment + phase + week * WEEK, variable) for week in range(FOUND_WITHIN_WEEKS))
    return hits / INJECTIONS


def _drift(frame: pd.DataFrame, now: pd.Timestamp, variable: str) -> bool:
    try:
        return at(frame, now, variable)[0].verdict == "drift"
    except ValueError:
        return False


def injected(
    frame: pd.DataFrame, variable: str, moment: pd.Timestamp, kind: str, random: np.random.Generator
) -> pd.DataFrame:
    """From `moment` on: the level times 0.5 or 1.6, or hour-to-hour changes of twice their deviation."""
    touched = frame.loc[moment - CURRENT - REFERENCE : moment + (FOUND_WITHIN_WEEKS + 1) * WEEK].copy()
    after = touched.index >= moment
    values = touched.loc[after, variable]
    if kind == "noise":
        offset = 0.1 * float(touched[variable].median())
        steps = np.log(touched[variable] + offset).diff()
        deviation = float((steps - steps.groupby(touched.index.hour).transform("median")).std()) * np.sqrt(1.5)
        shaken = np.exp(np.log(values + offset) + random.normal(0, deviation, len(values))) - offset
        touched.loc[after, variable] = shaken.clip(lower=0)
    else:
        touched.loc[after, variable] = values * float(kind.removeprefix("× "))
    return touched


def network(series: pd.Series) -> pd.DataFrame:
    """A series and its made neighbours."""
    random = np.random.default_rng(SEED)
    frame = series.to_frame()
    for number in range(NEIGHBOURS):
        shocks = random.normal(0, NEIGHBOUR_HOURLY * np.sqrt(1 - NEIGHBOUR_MEMORY**2), len(series))
        hourly = pd.Series(shocks).ewm(alpha=1 - NEIGHBOUR_MEMORY).mean().to_numpy() / (1 - NEIGHBOUR_MEMORY)
        weeks = random.normal(0, NEIGHBOUR_WEEKLY, len(series) // 168 + 2)
        weekly = np.interp(np.arange(len(series)) / 168, np.arange(len(weeks)), weeks)
        frame[f"{series.name}@n{number}"] = series * np.exp(random.normal(0, 0.3) + hourly + weekly)
    return frame


def main(variables: list[str]) -> None:
    """False checks and found changes, with companions and alone."""
    frame = lahore.recorded()[list(POLLUTANTS)]
    if variables == ["network"]:
        for name, (since, until) in HELD_OUT.items():
            report(f"{name} pm2_5 beside neighbours", network(frame["pm2_5"]).loc[since:until], "pm2_5")
        return
    for name, (since, until) in HELD_OUT.items():
        for variable in variables:
            for label, part in (("with companions", frame), ("alone", frame[[variable]])):
                report(f"{name} {variable} {label}", part.loc[since:until], variable)


def report(title: str, frame: pd.DataFrame, variable: str) -> None:
    results = list(weekly(frame, variable))
    false = float(np.mean([result.verdict == "drift" for result, _ in results]))
    fired = {key: round(float(np.mean([textbook[key] for _, textbook in results])), 2) for key in results[0][1]}
    detected = {kind: round(found(frame, variable, kind), 2) for kind in KINDS}
    print(f"{title}: {len(results)} checks, false {false:.3f}, found {detected}, textbook false {fired}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(POLLUTANTS))
