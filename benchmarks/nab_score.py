"""Rows `nab.*`: the streaming scorer on the Numenta Anomaly Benchmark, by the benchmark's own scoring.

The peer alarms every 600th row without looking at the data: what a score below it is worth, it is not. A perfect
detector scores 100, one that never alarms 0.
"""

from __future__ import annotations

from time import process_time
from typing import Final

import numpy as np

from benchmarks.nab.corpus import DEFAULT_FOLDER, NabSeries, load
from benchmarks.nab.scoring import PROFILES, STANDARD, Floats, Labelled, Profile, score_at, score_corpus
from benchmarks.rows import Row, at_least, row
from detection.streaming import score_series

GOAL: Final = 70.0  # standard profile
SPEED_GOAL: Final = 2_000  # rows per second of processor time
BLIND_EVERY: Final = 600  # rows

Scored = list[tuple[Labelled, Floats]]


def run() -> list[Row]:
    """The rows of the table; see `benchmarks`. Prints each series' own score at the common threshold."""
    if not DEFAULT_FOLDER.is_dir():
        print(f"The benchmark's series are not in {DEFAULT_FOLDER}: nothing is measured.")
        return []
    corpus = load()
    start = process_time()
    ours = [(series.labels, score_series(series.seconds, series.values)) for series in corpus]
    speed = sum(series.labels.rows for series in corpus) / (process_time() - start)
    print_series(ours)
    return [*[profile_row(profile, ours, blind(corpus)) for profile in PROFILES], speed_row(speed)]


def blind(corpus: list[NabSeries]) -> Scored:
    """A detector that alarms every 600th row without looking."""
    rows = [np.arange(series.labels.rows) for series in corpus]
    return [(series.labels, (row % BLIND_EVERY == 0) * 1.0) for series, row in zip(corpus, rows, strict=True)]


def profile_row(profile: Profile, ours: Scored, peer: Scored) -> Row:
    """One profile: our score beside the blind detector's."""
    mine, theirs = score_corpus(ours, profile).score, score_corpus(peer, profile).score
    goal, met = (f"≥ {GOAL:g}", mine >= GOAL) if profile is STANDARD else ("above the peer", mine > theirs)
    return row(f"nab.{profile.name}", mine, "of 100", goal, met, peer=theirs, digits=1)


def speed_row(speed: float) -> Row:
    """How fast a series is scored, in processor time: what else runs on the machine does not count."""
    return at_least("nab.speed", speed, "rows/s of one core", SPEED_GOAL, digits=0)


def print_series(ours: Scored) -> None:
    """Each series' score at the threshold that suits the whole corpus best."""
    best = score_corpus(ours, STANDARD)
    for labels, scores in ours:
        print(f"{labels.name:58} {score_at([(labels, scores)], STANDARD, best.threshold):6.1f}")
