"""What kind of event it is, from what the detectors said while it lasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

SPIKE, LEVEL_SHIFT, SLOW_DRIFT, OUT_OF_PATTERN = "spike", "level_shift", "slow_drift", "out_of_pattern"
STUCK, DROPOUT, OUT_OF_RANGE = "stuck", "dropout", "out_of_range"
FAULTS = {"flatline": STUCK, "dropout": DROPOUT, "out_of_range": OUT_OF_RANGE}  # detector → kind, the surest last
WIDESPREAD = "widespread"  # what all stations around did, too
SUDDEN = ("one_step", "gradient_boosting_residual")
COMPARING = {"companions", "neighbours", "isolation_forest"}  # detectors that look at the other columns, too

LONGEST_SPIKE = timedelta(hours=6)
SHORTEST_DRIFT = timedelta(hours=24)
ONSET = timedelta(hours=6)  # a sudden beginning is seen within this
SURE = 1.5  # surprise (log10 of days between) from which a detector's word counts
FAULTY_SHARE = 0.25  # of an event's readings: what comes once a month comes by chance in one of a week's many
LEAP = 3.0  # surprise of the step with which one pollutant alone leaps: no air does that


@dataclass(frozen=True)
class Kind:
    """The kind's name, and whether the sensor is to blame and not the air."""

    name: str
    is_fault: bool


def kind_of(
    votes: Sequence[Mapping[str, float]],
    interval: timedelta,
    *,
    lasts: timedelta,
    confirmed: bool | None,
    inside_band: bool,
    widespread: bool = False,
    is_pollutant: bool = True,
) -> Kind:
    """The kind of an event from its readings' surprises by detector, in order of time: of a long one its first and its
    newest.

    `confirmed` says whether other pollutants or stations moved too (None = there are none): then it is the air,
    whatever the shape. `inside_band` says that the value itself was usual, `widespread` that all stations around went
    the same way: then rain has washed the air, and no sensor dropped out. `is_pollutant` is false of a machine's
    speed or power, which do leap alone.
    """
    fault = _fault(votes)
    is_air = (fault == OUT_OF_RANGE and confirmed) or (fault == DROPOUT and widespread)
    if fault and not is_air:
        return Kind(fault, is_fault=True)
    onset = votes[: max(1, round(ONSET / interval))]
    step = max((one.get(detector, 0.0) for one in onset for detector in SUDDEN), default=0.0)
    shape = _shape(lasts if len(votes) > 1 else timedelta(), step, inside_band=inside_band)
    alone = is_pollutant and confirmed is False and shape == SPIKE and step >= LEAP
    return Kind(shape, is_fault=alone)


def _fault(votes: Sequence[Mapping[str, float]]) -> str | None:
    found = None
    for detector, kind in FAULTS.items():
        faulty = sum(one.get(detector, 0.0) >= SURE for one in votes)
        if faulty and faulty >= FAULTY_SHARE * len(votes):
            found = kind
    return found


def _shape(lasts: timedelta, step: float, *, inside_band: bool) -> str:
    if step >= SURE:
        return SPIKE if lasts <= LONGEST_SPIKE else LEVEL_SHIFT
    if lasts >= SHORTEST_DRIFT:
        return SLOW_DRIFT
    return OUT_OF_PATTERN if inside_band else SPIKE
