"""The members together: fitted, weighted by their errors out of sample, combined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detection.forecasting import members
from detection.forecasting.combine import combined, groups, learn_weights
from detection.forecasting.grid import Array, Rows
from detection.forecasting.panel import Panel
from detection.forecasting.season import fit_season

HALF_LIFE_DAYS = 365  # of an origin's weight in the fit
RIDGE_FROM_DAYS = 28  # of origins to learn from
BOOSTING_FROM_DAYS = 56
SEASON_FROM_DAYS = 56
MAX_LABEL_GAP_STEPS = 6  # gaps bridged by a line in what is learnt from, never in what is measured against


@dataclass
class Ensemble:
    """Members by name, their weights (groups, members) and the horizon in steps."""

    members: dict[str, members.Member]
    weights: Array
    horizon: int

    def each(self, panel: Panel, rows: Rows) -> Array:
        """(members, len(rows), horizon)."""
        return np.stack([m.predict(panel, rows, self.horizon) for m in self.members.values()])

    def predict(self, panel: Panel, rows: Rows) -> Array:
        """(len(rows), horizon) on the models' scale; NaN where no member can."""
        return combined(self.each(panel, rows), self.weights, groups(self.horizon, panel.hours))


def origins(panel: Panel) -> Rows:
    """Steps from which a forecast can start: the target was measured and its level is known."""
    return np.flatnonzero(np.isfinite(panel.seen) & np.isfinite(panel.level)).astype(np.int64)


def future(values: Array, rows: Rows, horizon: int) -> Array:
    """(len(rows), horizon): what came after each row, NaN beyond the end."""
    padded = np.concatenate([values, np.full(horizon, np.nan)])
    return np.asarray(padded[rows[:, None] + np.arange(1, horizon + 1)])


def fit_members(
    panel: Panel, until: int, horizon: int, timezone: str, season: members.Curve | None, unseen: range = range(0)
) -> dict[str, members.Member]:
    """Fit on what was known at step `until` (exclusive) but for `unseen` steps; without members that need more."""
    labels = pd.Series(panel.seen[:until]).interpolate(limit=MAX_LABEL_GAP_STEPS, limit_area="inside")
    rows = origins(panel)
    rows = rows[(rows < until) & ((rows + horizon < unseen.start) | (rows >= unseen.stop))]
    targets = future(np.asarray(labels, dtype=np.float64), rows, horizon)
    whole = np.isfinite(targets).all(axis=1)
    rows, targets = rows[whole], targets[whole]
    weights = 0.5 ** ((until - rows) / panel.day / HALF_LIFE_DAYS)
    days = len(rows) / panel.day
    chosen: dict[str, members.Member] = {
        "same_hour": members.SameHourMember(),
        "persistence": members.PersistenceMember(),
    }
    if season or days >= SEASON_FROM_DAYS:
        chosen["season"] = members.SeasonMember(season or fit_season(panel, until, timezone))
    for name, (needed, learner) in _learners(panel).items():
        if days >= needed:
            chosen[name] = learner.fit(panel, rows, targets, weights)
    return chosen


def _learners(panel: Panel) -> dict[str, tuple[int, members.RidgeMember | members.BoostingMember]]:
    """Days of origins needed, and the untrained member, by name."""
    found: dict[str, tuple[int, members.RidgeMember | members.BoostingMember]] = {
        "ridge": (RIDGE_FROM_DAYS, members.RidgeMember(with_companions=False)),
        "boosting": (BOOSTING_FROM_DAYS, members.BoostingMember()),
    }
    if panel.others:
        found["ridge_companions"] = (RIDGE_FROM_DAYS, members.RidgeMember(with_companions=True))
    return found


def weigh(panel: Panel, chosen: dict[str, members.Member], rows: Rows, horizon: int) -> tuple[Ensemble, Array]:
    """An ensemble weighted by the errors at `rows`, which its members have not seen, and what it foretold there."""
    group = groups(horizon, panel.hours)
    each = np.stack([member.predict(panel, rows, horizon) for member in chosen.values()])
    weights = learn_weights(each, future(panel.seen, rows, horizon), group)
    return Ensemble(chosen, weights, horizon), combined(each, weights, group)
