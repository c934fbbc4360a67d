"""What the learning members see at an origin: lags and means relative to the last days' level."""

from __future__ import annotations

import numpy as np

from detection.forecasting.grid import Array, Rows
from detection.forecasting.panel import Panel, at

LAG_HOURS = (*range(27), 30, 36, 47, 48, 71, 72)
PHASE_HOURS = (0, 3, 6, 9, 12, 15, 18, 21)  # hours ahead whose same-hour means are shown
COMPANION_LAG_HOURS = (0, 1, 2, 3, 6, 12, 24)
BRIEF_LAG_HOURS = (0, 1, 2, 3, 22, 23, 24, 25)
SHORT_LAG_HOURS = (0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48)


def steps(hours: tuple[int, ...], panel: Panel) -> Rows:
    """Hours as whole grid steps, without doubles."""
    return np.unique(np.asarray(hours, dtype=np.int64) // panel.hours)


def lags(panel: Panel, rows: Rows, hours: tuple[int, ...]) -> Array:
    """(len(rows), lags), relative to the level at the origin."""
    found = at(panel.z, rows[:, None] - steps(hours, panel))
    return found - panel.level[rows][:, None]


def ahead(values: Array, panel: Panel, rows: Rows, horizon: Rows) -> Array:
    """The newest known value of the same hour as `horizon` steps ahead of each row."""
    return at(values, rows - (-horizon) % panel.day)


def own(panel: Panel, rows: Rows) -> Array:
    """(len(rows), p): the series' own past and the calendar."""
    level = panel.level[rows]
    recent = lags(panel, rows, LAG_HOURS)
    week, month = (_phases(values, panel, rows) for values in (panel.same_week, panel.same_month))
    state = _state(panel, rows)
    wave = _waves(panel, rows)
    key = np.column_stack([recent[:, :2], _yesterday(panel, rows) - level, state[:, 0], week[:, 0]])
    mixed = (key[:, :, None] * wave[:, None, :]).reshape(len(rows), -1)
    return np.hstack([recent, week, month, state, mixed, _calendar(panel, rows, wave)])


def brief(panel: Panel, rows: Rows) -> Array:
    """(len(rows), r): the little that a single hour of the day has enough rows to learn from."""
    year = panel.year_angle[rows]
    recent, week = lags(panel, rows, BRIEF_LAG_HOURS), _phases(panel.same_week, panel, rows)
    return np.column_stack([recent, week, _state(panel, rows), np.sin(year), np.cos(year)])


def _phases(values: Array, panel: Panel, rows: Rows) -> Array:
    """The same-hour means of the hours ahead, relative to the level at the origin."""
    return ahead(values, panel, rows[:, None], steps(PHASE_HOURS, panel)[None, :]) - panel.level[rows][:, None]


def _state(panel: Panel, rows: Rows) -> Array:
    """(len(rows), 4): week and month relative to the level, how restless the last days were, the level."""
    level = panel.level[rows]
    return np.column_stack([panel.week[rows] - level, panel.month[rows] - level, panel.spread[rows], level])


def _yesterday(panel: Panel, rows: Rows) -> Array:
    return at(panel.z, rows - panel.day)


def _waves(panel: Panel, rows: Rows) -> Array:
    angle = panel.hour[rows] * 2 * np.pi / panel.day
    return np.column_stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)])


def _calendar(panel: Panel, rows: Rows, wave: Array) -> Array:
    angle = panel.year_angle[rows]
    year = np.column_stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)])
    seasons_of_day = (wave[:, :, None] * year[:, None, :2]).reshape(len(rows), -1)
    return np.hstack([np.eye(panel.day)[panel.hour[rows]], year, seasons_of_day])


def companions(panel: Panel, rows: Rows) -> Array:
    """(len(rows), q): the other pollutants' lags relative to their own levels."""
    back = rows[:, None] - steps(COMPANION_LAG_HOURS, panel)
    blocks = [np.empty((len(rows), 0))]
    for z, level, month in panel.others:
        blocks += [at(z, back) - level[rows][:, None], (month - level)[rows][:, None]]
    return np.hstack(blocks)


def pairs(panel: Panel, rows: Rows, horizon: Rows) -> Array:
    """(len(rows), r): one line for each (origin, steps ahead), for the trees."""
    level = panel.level[rows]
    same = [ahead(v, panel, rows, horizon) - level for v in (panel.z, panel.same_week, panel.same_month)]
    calendar = [horizon, panel.hour[rows], (panel.hour[rows] + horizon) % panel.day, panel.year_angle[rows]]
    return np.hstack([lags(panel, rows, SHORT_LAG_HOURS), _state(panel, rows), np.column_stack([*same, *calendar])])
