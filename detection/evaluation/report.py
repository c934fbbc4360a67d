"""Everything that is measured of a series' detectors, as one plain document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from detection.detector_registry import REGISTRY
from detection.detectors import create
from detection.evaluation.bands import evaluate_bands, rounded
from detection.evaluation.baselines import USUAL_THRESHOLDS, BlindScorer, RandomScorer, RawProphet
from detection.evaluation.comparison import compare
from detection.evaluation.ensemble import SYSTEM, EnsembleTrial
from detection.evaluation.matching import Found, together
from detection.evaluation.protocol import RATES, Outcome, Scorer, Split, Trial, best_found, splits
from detection.forecasting import backtest
from detection.timeseries.grid import NotEnoughDataError
from detection.timeseries.injection import Event

FEWEST_DAYS = 12  # shorter histories cannot be split into learning, calibration and test
FORECAST_ON, FORECAST_NEEDS = timedelta(days=30), timedelta(days=90)
FORECAST_REACH, FORECAST_EVERY = timedelta(hours=72), timedelta(hours=25)
REFERENCES: dict[str, Callable[[Task], Scorer]] = {
    "random": lambda task: RandomScorer(),
    "blind": lambda task: BlindScorer(),
    "prophet_raw": lambda task: RawProphet(task.target, task.interval, task.zone),
}
KINDS = (*REFERENCES, *REGISTRY, SYSTEM)


@dataclass(frozen=True)
class Task:
    """What is to be evaluated. `frame` is regular; its columns beside `target` are companions and neighbours.

    `events` are put into each half year of test, drawn by `seed`; `splits` is how many overlapping histories are tried.
    """

    frame: pd.DataFrame
    target: str
    interval: timedelta
    zone: str
    seed: int
    events: int
    splits: int
    kinds: tuple[str, ...] = KINDS
    windows: tuple[Event, ...] = ()  # labelled events of the series itself; then none are put in


def evaluate(task: Task) -> dict[str, Any]:
    """Rows by subject: "detectors" (on events), "bands", "forecast", "comparison" (without events); and the "series".

    Raises ValueError, in one sentence, for a history that is too short.
    """
    check_long_enough(task.frame, task.target)
    known = pd.DatetimeIndex(task.frame.index[task.frame[task.target].notna()])
    parts = splits(known, 1 if task.windows else task.splits)
    rows, compared = [], []
    for kind in task.kinds:
        try:
            trials = [trial(kind, task, part) for part in parts]
        except NotEnoughDataError as error:
            rows.append({"detector": kind, "skipped": str(error)})
            continue
        rounds = [tested(made, task, task.seed * 1000 + k) for k, made in enumerate(trials)]
        check_events(rounds, task, parts)
        rows.append(detector_row(kind, trials, rounds))
        compared.append(comparison_row(kind, trials[-1]))
    bands = evaluate_bands(task.frame, task.target, task.interval, task.zone, parts[-1].test)
    whole = task.frame.loc[: parts[-1].end]
    return {
        "series": series_row(task, parts),
        "detectors": rows,
        "bands": [band.as_row() for band in bands],
        "forecast": forecast_rows(whole, task.target, task.zone),
        "comparison": compared,
    }


def series_row(task: Task, parts: Sequence[Split]) -> dict[str, Any]:
    """What was tested, and when; of labelled windows also how many lie there, None where events were put in."""
    return {
        "target": task.target,
        "rows": len(task.frame),
        "splits": len(parts),
        "seed": task.seed,
        "tests": [f"{part.test:%Y-%m-%d} to {part.end:%Y-%m-%d}" for part in parts],
        "windows": f"{len(labelled(task, parts[-1]))} of {len(task.windows)}" if task.windows else None,
    }


def check_long_enough(frame: pd.DataFrame, target: str) -> None:
    """Raise ValueError, in one sentence, for a series that cannot be learnt from."""
    known = frame[target].dropna()
    if known.empty:
        raise ValueError(f"{target} has no usable value at all.")
    if known.nunique() == 1:
        raise ValueError(f"{target} is always {known.iloc[0]:g}: there is nothing to learn from it.")
    days = (known.index[-1] - known.index[0]) / timedelta(days=1)
    if days < FEWEST_DAYS:
        raise ValueError(f"{target} spans {days:.1f} days; an evaluation needs at least {FEWEST_DAYS}.")


def check_events(rounds: Sequence[Sequence[Outcome]], task: Task, parts: Sequence[Split]) -> None:
    """Raise ValueError, in one sentence, where no test holds any event."""
    if any(outcome.events for tests in rounds for outcome in tests):
        return
    test = f"from {parts[-1].test:%Y-%m-%d} to {parts[-1].end:%Y-%m-%d}"
    if task.windows:
        raise ValueError(f"None of the windows lies in the test, {test}.")
    raise ValueError(
        f"No event could be put in {test}: most readings are missing every {task.interval}. Is that their interval?"
    )


def trial(kind: str, task: Task, part: Split) -> Trial:
    """A detector, named by its kind, fitted and calibrated on one split."""
    if kind == SYSTEM:
        made: Trial = EnsembleTrial(task.frame, task.target, part, task.zone)
    else:
        made = Trial(partial(_scorer, kind, task), task.frame, task.target, part)
    made.leave_out(labelled(task, part))
    return made


def labelled(task: Task, part: Split) -> list[Event]:
    """The labelled events that lie in the test of a split; their places count from its beginning."""
    first, last = (int(task.frame.index.searchsorted(edge)) for edge in (part.test, part.end))
    inside = [event for event in task.windows if event.end > first and event.start < last]
    return [replace(event, start=max(event.start - first, 0), end=event.end - first) for event in inside]


def tested(one: Trial, task: Task, seed: int) -> list[Outcome]:
    """A trial's figures, with events put in or with the labelled ones that lie in its test."""
    return [one.judge(task.frame, labelled(task, one.split))] if task.windows else one.rounds(task.events, seed)


def _scorer(kind: str, task: Task) -> Scorer:
    """Unfitted."""
    if kind in REFERENCES:
        return REFERENCES[kind](task)
    return create(kind, task.target, interval=task.interval, zone=task.zone)


def detector_row(kind: str, trials: Sequence[Trial], rounds: Sequence[Sequence[Outcome]]) -> dict[str, Any]:
    """One detector's figures over all splits; `rounds` are the tests of each."""
    outcomes = [outcome for tests in rounds for outcome in tests]
    row: dict[str, Any] = {"detector": kind}
    for rate in RATES:
        row[f"at_{rate}_a_week"] = pooled([outcome.found[rate] for outcome in outcomes])
    usual = [outcome.found_at(USUAL_THRESHOLDS[kind]) for outcome in outcomes if kind in USUAL_THRESHOLDS]
    row["at_usual_threshold"] = pooled(usual) if usual else None
    row["vus_pr"] = _mean([outcome.vus_pr for outcome in outcomes])
    row["best_f1"] = round(together([best_found(tests) for tests in rounds]).f1, 4)
    # on the same months without events
    row["realised_a_week"] = {str(rate): _mean([one.realised(rate) for one in trials]) for rate in RATES}
    systems = [one for one in trials if isinstance(one, EnsembleTrial)]
    row["held_a_week"] = {str(rate): _mean([one.held(rate) for one in systems]) for rate in RATES} if systems else None
    row["fit_seconds"] = _mean([outcome.fit_seconds for outcome in outcomes])
    row["score_microseconds_a_row"] = _mean([1e6 * o.score_seconds / len(o.scores) for o in outcomes])
    return row


def pooled(found: Sequence[Found]) -> dict[str, Any]:
    """Counts over several tests, at least one, taken together."""
    whole = together(found)
    of_spikes = np.array([event.kind.startswith("spike") for event in whole.events], dtype=bool)
    return {
        "f1": round(whole.f1, 4),
        "precision": round(whole.precision, 4),
        "recall": round(whole.recall, 4),
        "false_alarms_a_week": round(whole.false_alarms_a_week, 4),
        "events": len(whole.events),
        "median_delay_hours": _median(whole.delays),
        "median_delay_hours_spikes": _median(whole.delays[of_spikes]),
        "found": {kind: f"{got}/{there}" for kind, (got, there) in sorted(whole.by_kind().items())},
    }


def comparison_row(kind: str, one: Trial) -> dict[str, Any]:
    """What a detector flags in the clean test months at one false alarm a week."""
    values = one.clean_test()
    flags = one.clean_scores >= one.thresholds[1.0]
    row = asdict(compare(values, flags & values.notna().to_numpy()))
    return {"detector": kind, **{name: rounded(number) for name, number in row.items()}}


def forecast_rows(frame: pd.DataFrame, target: str, zone: str) -> list[dict[str, Any]]:
    """Mean absolute error by hours ahead on the newest month, beside persistence and the same hour yesterday."""
    known = pd.DatetimeIndex(frame.index[frame[target].notna()])
    last = known[-1]
    first = last - FORECAST_ON
    if first - known[0] < FORECAST_NEEDS:
        return []
    origins = pd.date_range(first, last - FORECAST_REACH, freq=FORECAST_EVERY)
    try:
        errors = backtest(frame, origins, target, zone).errors()
    except NotEnoughDataError:
        return []
    judged = errors.dropna(how="all")  # a reading a day foretells no single hour
    return [
        {"ahead": name} | {str(key): rounded(value) for key, value in row.items()} for name, row in judged.iterrows()
    ]


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if isfinite(value)]
    return rounded(float(np.mean(known))) if known else None


def _median(values: np.ndarray[Any, Any]) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(np.median(known)), 2) if len(known) else None
