"""Rows `detect.*`, `band.*` and `score.reading`: detection on Lahore's feed 2021 to 2024 with injected events.

One column alone and with the station's other pollutants, on seeds that were not used while choosing. Run alone it
prints the whole tables: `python -m benchmarks.detection [SEED]` (ten minutes).
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any, Final

import pandas as pd

from benchmarks import lahore
from benchmarks.rows import Row, at_least, at_most
from detection.calibration.rate import alarms_kept
from detection.calibration.threshold import episodes
from detection.detectors.ensemble import USUAL, Ensemble
from detection.evaluation.command import as_text
from detection.evaluation.ensemble import SYSTEM, EnsembleTrial
from detection.evaluation.protocol import regular, splits
from detection.evaluation.report import Task, evaluate

UNTIL: Final = "2024-06-10 23:00"
TARGET, HOUR = "pm2_5", timedelta(hours=1)
SEED, EVENTS, SPLITS = 31337, 17, 4
REFERENCES: Final = ("prophet_raw", "isolation_forest", "forest_residual")
KINDS: Final = ("random", "blind", *REFERENCES, "one_step", "learned", SYSTEM)
ROUNDS: Final = 20
YEAR: Final = timedelta(days=365)
QUARTER: Final = 91  # days
WANTED: Final = (1.0, 2.0, 4.0)  # false alarms a month


def run() -> list[Row]:
    """The rows of the table; none where the larger data sets are missing."""
    if not lahore.is_there():
        return []
    frame = first_model()
    rows = [row for name, task in tasks(frame).items() for row in judged(name, evaluate(task))]
    return rows + kept(frame[[TARGET]]) + timed(frame)


def first_model() -> pd.DataFrame:
    """Eight pollutants, hourly, of the provider's first model."""
    return regular(lahore.recorded().loc[:UNTIL], HOUR)


def tasks(frame: pd.DataFrame, seed: int = SEED) -> dict[str, Task]:
    alone = Task(frame[[TARGET]], TARGET, HOUR, lahore.ZONE, seed=seed, events=EVENTS, splits=SPLITS, kinds=KINDS)
    return {"alone": alone, "companions": replace(alone, frame=frame)}


def judged(name: str, report: dict[str, Any]) -> list[Row]:
    """The learned detector's figures against the goals, the bands with the first report."""
    found = {row["detector"]: row for row in report["detectors"]}
    ours, strict = found["learned"], found["learned"]["at_0.25_a_week"]
    common = max(found[kind]["at_usual_threshold"]["f1"] for kind in REFERENCES)
    calibrated = max(found[kind]["at_0.25_a_week"]["f1"] for kind in REFERENCES)
    rows = [
        row(f"detect.{name}.f1", strict["f1"], 0.68),
        row(f"detect.{name}.f1_of_best_common", strict["f1"], 2.5, peer=common),
        row(f"detect.{name}.f1_of_best_common_calibrated", strict["f1"], 2.5, peer=calibrated),
        row(f"detect.{name}.vus_pr", ours["vus_pr"], 0.45),
        row(f"detect.{name}.f1_all_together", found[SYSTEM]["at_0.25_a_week"]["f1"], 0.68),
    ]
    goals = {"drift": 0.5, "shift": 0.6, "spike": 0.85, "fault": 0.95}
    rows += [row(f"detect.{name}.{kind}", share(strict["found"], kind), goal) for kind, goal in goals.items()]
    return rows if name != "alone" else rows + bands(report["bands"])


def share(found: dict[str, str], kind: str) -> float:
    """The share found of a kind; faults are stuck and zero, spikes go up and down."""
    members = {"fault": ("stuck", "zero")}.get(kind, tuple(name for name in found if name.startswith(kind)))
    pairs = [tuple(map(int, found[name].split("/"))) for name in members if name in found]
    return sum(got for got, _ in pairs) / max(sum(there for _, there in pairs), 1)


def bands(found: list[dict[str, Any]]) -> list[Row]:
    by_name = {band["band"]: band for band in found}
    one, raw = by_name["one_step"], by_name["prophet_raw"]
    rows = [
        covered("band.one_step.coverage", one["coverage"], 0.94, 0.96),
        row("band.one_step.winkler", one["winkler"], 1 / 3, peer=raw["winkler"], most=True),
    ]
    for hours in (24, 72):
        band = by_name[f"prophet_band_{hours}h"]
        rows.append(covered(f"band.{hours}h.coverage", band["coverage"], 0.93, 0.97))
        rows.append(row(f"band.{hours}h.worst_week", band["worst_week"], 0.85))
    return rows


def kept(frame: pd.DataFrame) -> list[Row]:
    """The largest deviation from the wanted rate over any three held-out months, with the rate keeper."""
    worst = dict.fromkeys(WANTED, 0.0)
    for part in splits(pd.DatetimeIndex(frame.index[frame[TARGET].notna()]), SPLITS):
        trial = EnsembleTrial(frame, TARGET, part, lahore.ZONE)
        surprises = trial.rarity()
        for wanted in WANTED:
            alarms = alarms_kept(surprises, wanted)
            for first in range(0, len(alarms) - QUARTER * 24 + 1, 7 * 24):
                count = episodes(alarms[first : first + QUARTER * 24])
                worst[wanted] = max(worst[wanted], abs(count / (wanted * QUARTER / 30) - 1))
    return [row(f"detect.rate_{wanted:g}_a_month", off, 0.25, most=True) for wanted, off in worst.items()]


def timed(frame: pd.DataFrame) -> list[Row]:
    """A full fit of a year, and one new reading judged by all detectors."""
    year = frame.loc[frame.index[-1] - YEAR :]
    began = perf_counter()
    ensemble = Ensemble.fit(year, TARGET, USUAL, HOUR, lahore.ZONE)
    fit = perf_counter() - began
    tail = year.loc[year.index[-1] - ensemble.memory - timedelta(days=1) :]
    spent = []
    for _ in range(ROUNDS):
        began = perf_counter()
        ensemble.judge(tail, 1)
        spent.append(1000 * (perf_counter() - began))
    return [
        row("detect.fit_year", fit, 10.0, unit="s", most=True),
        row("score.reading", median(spent), 50.0, unit="ms", most=True),
    ]


def row(
    name: str, ours: float, goal: float, *, peer: float | None = None, unit: str = "share", most: bool = False
) -> Row:
    """One row; the goal is for the ratio where there is a peer."""
    found = None if peer is None else max(peer, 1e-9)
    return (at_most if most else at_least)(name, ours, unit, goal, peer=found, digits=3)


def covered(name: str, ours: float, low: float, high: float) -> Row:
    return row(name, ours, low) | {"goal": f"{low} to {high}", "met": low <= ours <= high}


if __name__ == "__main__":
    for title, task in tasks(first_model(), *map(int, sys.argv[1:2])).items():
        print(f"== {title}\n{as_text({'remarks': []} | evaluate(task))}\n")
    json.dump(kept(first_model()[[TARGET]]) + timed(first_model()), sys.stdout, indent=1)
