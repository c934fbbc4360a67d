"""What the sister pollutants did meanwhile, and what that looks like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from detection.columns import companions_of, neighbours_of

USUAL_OVER = timedelta(days=14)
FEWEST = 24  # readings before, of the same pollutant
ROSE, FELL = 1.35, 0.74  # times its usual value of the hour
COARSE_SHARE = 0.4  # PM2.5 / PM10 below which dust prevails
COMBUSTION = ("no2", "co", "no", "so2")
DUST, COMBUSTION_SMOKE, TRAFFIC, ALONE, WIDESPREAD = "dust", "smoke", "traffic", "alone", "widespread"


@dataclass(frozen=True)
class Companion:
    """One other column during the event: its mean, its usual value, and whether it rose (1), fell (−1) or neither."""

    name: str
    value: float
    usual: float
    moved: int


@dataclass(frozen=True)
class Company:
    """What the others did. `looks_like` is a word for the sentence, empty where there is nothing to say."""

    companions: list[Companion]
    neighbours: list[Companion]
    looks_like: str

    @property
    def confirmed(self) -> bool | None:
        """Whether any of the others moved; None where there are none."""
        others = [*self.companions, *self.neighbours]
        return any(one.moved for one in others) if others else None


def company(frame: pd.DataFrame, target: str, start: pd.Timestamp, end: pd.Timestamp) -> Company:
    """Judge the other columns between start and end against the same hours of the two weeks before."""
    columns = [str(name) for name in frame]
    companions = [_one(frame[name], start, end) for name in companions_of(target, columns)]
    neighbours = [_one(frame[name], start, end) for name in neighbours_of(target, columns)]
    there = [one for one in companions if one is not None]
    near = [one for one in neighbours if one is not None]
    own = _one(frame[target], start, end)
    return Company(there, near, _looks_like(own, target, there, near) if own else "")


def _one(values: pd.Series[float], start: pd.Timestamp, end: pd.Timestamp) -> Companion | None:
    """None where too little is known."""
    during = values.loc[start:end].dropna()
    before = values.loc[start - USUAL_OVER : start].iloc[:-1].dropna()
    if during.empty or len(before) < FEWEST:
        return None
    same_hours = before[np.isin(pd.DatetimeIndex(before.index).hour, pd.DatetimeIndex(during.index).hour)]
    usual = float((same_hours if len(same_hours) else before).median())
    value = float(during.mean())
    ratio = value / usual if usual > 0 else 1.0
    return Companion(str(values.name), value, usual, 1 if ratio >= ROSE else -1 if ratio <= FELL else 0)


def _looks_like(own: Companion, target: str, companions: list[Companion], neighbours: list[Companion]) -> str:
    moved = {one.name: one.moved for one in companions}
    gases = [moved[name] for name in COMBUSTION if name in moved]
    values = {own.name: own.value, **{one.name: one.value for one in companions}}
    fine = values.get("pm2_5", 0.0) / values["pm10"] if values.get("pm10") else 1.0
    if own.moved > 0 and moved.get("pm10", own.moved if target == "pm10" else 0) > 0 and gases and max(gases) <= 0:
        return DUST if fine < COARSE_SHARE else COMBUSTION_SMOKE
    if own.moved > 0 and gases and sum(gases) >= max(1, len(gases) // 2):
        return TRAFFIC if target in COMBUSTION else COMBUSTION_SMOKE
    others = [*companions, *neighbours]
    if own.moved and others and not any(one.moved for one in others):
        return ALONE
    return WIDESPREAD if neighbours and all(one.moved == own.moved != 0 for one in neighbours) else ""
