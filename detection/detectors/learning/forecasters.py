"""The forecasters whose errors the learned detector weighs: one step, a day and three days ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from detection.detectors.estimators.autoregression import Autoregression, Background, Past
from detection.detectors.estimators.boosting import BoostedForecast, Lags
from detection.timeseries.grid import Floats, Grid

LEADS = (timedelta(days=1), timedelta(days=3))
STEP_ROUNDS, LEAD_ROUNDS, RATE = 60, 20, 0.2  # 150 and 50 at 0.08 find no more


@dataclass(frozen=True)
class Errors:
    """Signed errors on the scale: of the next step (two forecasters' mean) and of each lead."""

    step: Floats
    leads: list[Floats]


@dataclass(frozen=True)
class Outlook:
    """A scaled series as its forecasters see it; computed once, used by all of them."""

    scaled: Floats
    past: Past
    step: Lags
    leads: list[Lags]

    @classmethod
    def of(cls, scaled: Floats, grid: Grid, zone: str) -> Outlook:
        """All lags of a scaled series on a grid."""
        background = Background.of(scaled, grid, zone)
        leads = [Lags.of(scaled, grid, background, grid.steps(lead)) for lead in LEADS]
        return cls(scaled, Past.of(scaled, grid, background), Lags.of(scaled, grid, background), leads)

    def part(self, rows: slice) -> Outlook:
        """The same for some of the rows."""
        leads = [lags.part(rows) for lags in self.leads]
        return Outlook(self.scaled[rows], self.past.part(rows), self.step.part(rows), leads)


@dataclass(frozen=True)
class Forecasters:
    """Fitted forecasters of one series."""

    line: Autoregression
    step: BoostedForecast
    leads: list[BoostedForecast]

    @classmethod
    def fit(cls, outlook: Outlook, rows: NDArray[np.bool_], seed: int) -> Forecasters:
        """Fit on the chosen rows of a series."""
        scaled = outlook.scaled
        leads = [
            BoostedForecast.fit(lags, scaled, rows, rounds=LEAD_ROUNDS, rate=RATE, seed=seed) for lags in outlook.leads
        ]
        step = BoostedForecast.fit(outlook.step, scaled, rows, rounds=STEP_ROUNDS, rate=RATE, seed=seed)
        return cls(Autoregression.fit(outlook.past, scaled, rows), step, leads)

    def errors(self, outlook: Outlook) -> Errors:
        """The errors at every place."""
        line = outlook.scaled - self.line.expected(outlook.past)
        step = outlook.scaled - self.step.expected(outlook.step)
        pairs = zip(self.leads, outlook.leads, strict=True)
        return Errors((line + step) / 2, [outlook.scaled - model.expected(lags) for model, lags in pairs])


def cross_fitted_errors(forecasters: list[Forecasters], outlook: Outlook) -> Errors:
    """Errors of a history in as many blocks as forecasters, each block foretold by those who never saw it."""
    edges = [-(-len(outlook.scaled) * k // len(forecasters)) for k in range(len(forecasters) + 1)]
    parts = [outlook.part(slice(*edges[k : k + 2])) for k in range(len(forecasters))]
    errors = [one.errors(part) for one, part in zip(forecasters, parts, strict=True)]
    leads = [np.concatenate([part.leads[k] for part in errors]) for k in range(len(LEADS))]
    return Errors(np.concatenate([part.step for part in errors]), leads)


def without_block(size: int, blocks: int, left_out: int) -> NDArray[np.bool_]:
    """The rows of all blocks but one."""
    return np.asarray(np.arange(size) * blocks // max(size, 1) != left_out)
