"""What the sister pollutants did meanwhile, and what that looks like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detection.analysis.kinds import WIDESPREAD
from detection.timeseries.columns import NEIGHBOUR, companions_of, neighbours_of
from detection.timeseries.grid import Floats
from detection.timeseries.scale import Scale

USUAL_OVER = timedelta(days=14)
LATELY = timedelta(hours=6)  # before a sudden event: what was high by then has not risen with it
FEWEST = 24  # readings before, of the same pollutant
MOVED = log(1.35)  # by a third more or less, on the scale of the detectors
ALMOST_ALL = (0.05, 0.95)  # of the readings before, as quantiles
COARSE_SHARE = 0.4  # PM2.5 / PM10 below which dust prevails
PARTICLES = ("pm2_5", "pm10")
COMBUSTION = ("no2", "co", "no", "so2")
EMITTED = {*PARTICLES, *COMBUSTION, "nh3"}  # rise and fall together; ozone, heat and the like may go the other way
DUST, COMBUSTION_SMOKE, TRAFFIC = "dust", "smoke", "traffic"
ALONE, LOCAL = "alone", "local"


@dataclass(frozen=True)
class Companion:
    """One other column during the event: its mean, its usual value, and whether it rose (1), fell (−1) or neither."""

    name: str
    value: float
    usual: float
    moved: int


@dataclass(frozen=True)
class Company:
    """What the others did. `looks_like` is a word for the sentence, empty where there is nothing to say.

    `confirmed` says whether any of the others moved with the target; None where there are none.
    """

    companions: list[Companion]
    neighbours: list[Companion]
    looks_like: str
    confirmed: bool | None


def company(frame: pd.DataFrame, target: str, start: pd.Timestamp, end: pd.Timestamp) -> Company:
    """Judge the other columns between start and end against the same hours of the two weeks before.

    Where the target itself moved suddenly, the others must have as well: they are judged against the hours before it.
    """
    columns = [str(name) for name in frame]
    own = _one(frame[target], start, end, since=LATELY)
    since = LATELY if own and own.moved else USUAL_OVER
    own = own if own and own.moved else _one(frame[target], start, end, since)
    companions = [_one(frame[name], start, end, since) for name in companions_of(target, columns)]
    neighbours = [_one(frame[name], start, end, since) for name in neighbours_of(target, columns)]
    there = [one for one in companions if one is not None]
    near = [one for one in neighbours if one is not None]
    others = [*there, *near]
    confirmed = any(_moved_with(own, one) for one in others) if others else None
    return Company(there, near, _looks_like(own, there, near, confirmed) if own else "", confirmed)


def _moved_with(own: Companion | None, other: Companion) -> bool:
    """The same way, where the two rise and fall together; else, and beside a target that has not moved, any way."""
    if own is None or not own.moved or other.moved == own.moved:
        return other.moved != 0
    together = NEIGHBOUR in other.name or {own.name, other.name} <= EMITTED
    return other.moved != 0 and not together


def _one(values: pd.Series[float], start: pd.Timestamp, end: pd.Timestamp, since: timedelta) -> Companion | None:
    """How it moved since so long before; None where too little is known."""
    known = values.loc[start - USUAL_OVER : end].dropna()
    past = np.asarray(known.index < start)
    if past.all() or past.sum() < FEWEST:
        return None
    numbers = np.asarray(known, dtype=np.float64)
    scale = Scale.of(numbers[past])
    scaled = scale.forward(numbers)
    above = scaled - _usual(scaled, known.index, past)
    lately = past & np.asarray(known.index >= start - since)
    rise = float(above[~past].mean())
    if since < USUAL_OVER and lately.any():
        rise -= float(np.median(above[lately]))
    usual = scale.back(np.array([scaled[~past].mean() - rise]))[0]
    direction = _direction(rise, scaled[past], logarithmic=scale.offset is not None)
    return Companion(str(values.name), float(numbers[~past].mean()), float(usual), direction)


def _usual(scaled: Floats, index: pd.Index, past: NDArray[np.bool_]) -> Floats:
    """For each place the median of its hour of the day in the past."""
    hours = np.asarray(pd.DatetimeIndex(index).hour)
    usual: Floats = np.full(24, np.median(scaled[past]))
    for hour in np.unique(hours[past]):
        usual[hour] = np.median(scaled[past & (hours == hour)])
    return np.asarray(usual[hours])


def _direction(rise: float, past: Floats, *, logarithmic: bool) -> int:
    """1, −1 or 0. What never varies by a third, such as a temperature, has moved with half of its usual range."""
    low, high = np.quantile(past, ALMOST_ALL)
    least = MOVED if logarithmic and not 0 < high - low < MOVED else (high - low) / 2
    return int(np.sign(rise)) if abs(rise) >= least else 0


def _looks_like(
    own: Companion, companions: list[Companion], neighbours: list[Companion], confirmed: bool | None
) -> str:
    if own.moved > 0 and (source := _source(own, companions)):
        return source
    if own.moved and confirmed is False:
        return ALONE if companions else LOCAL
    return WIDESPREAD if neighbours and all(one.moved == own.moved != 0 for one in neighbours) else ""


def _source(own: Companion, companions: list[Companion]) -> str:
    """What a rise comes from, as far as particles and gases tell; empty where they do not."""
    gases = [one.moved for one in companions if one.name in COMBUSTION]
    if gases and sum(gases) >= max(1, len(gases) // 2):
        return COMBUSTION_SMOKE if own.name in PARTICLES else TRAFFIC if own.name in COMBUSTION else ""
    if own.name in PARTICLES and gases and max(gases) <= 0 and _is_coarse([own, *companions]):
        return DUST
    return ""


def _is_coarse(columns: list[Companion]) -> bool:
    """Whether PM10 rose, and is mostly more than PM2.5."""
    there = {one.name: one for one in columns if one.name in PARTICLES}
    if len(there) < len(PARTICLES) or there["pm10"].moved <= 0:
        return False
    return there["pm2_5"].value < COARSE_SHARE * there["pm10"].value
