"""Forecasts of one series: fit on its history, issue calibrated quantiles for the coming hours."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

import joblib
import numpy as np
import pandas as pd

from detection.forecasting import ensemble as together
from detection.forecasting import panel as panels
from detection.forecasting.bands import MEMORY_DAYS, QUANTILES, SEASON_AHEAD_DAYS, Errors, spread_quantiles
from detection.forecasting.combine import groups
from detection.forecasting.ensemble import Ensemble
from detection.forecasting.grid import Array, Rows, infer_interval, interval_note, step_hours, to_grid
from detection.forecasting.panel import Panel
from detection.forecasting.scale import Scale
from detection.forecasting.season import GivenSeason
from detection.timeseries.grid import EPOCH, NotEnoughDataError, check_frame

FORMAT = 4  # 2: the ridges know the hour of issue; 3: errors of a year ago; 4: its number stands before the pickle
HEAD = f"aqi-forecaster {FORMAT}\n".encode()
HORIZON_HOURS = 72
MIN_DAYS = 5  # of readings: three for the level, one to try, one to spare
VALIDATION_DAYS = 120  # at most; the newest part of the history, on which weights and bands are learnt
VALIDATION_SHARE = 1 / 3  # at most, of a short history …
CHANGED_SHARE = 1 / 2  # … and of the time since the source has changed, before which the members have learnt already
ORIGIN_EVERY_HOURS = 5  # of the forecasts replayed for weights and bands: coprime to 24, so every hour has its turn
YEAR_DAYS = 365
SERVES_DAYS = 30  # a fit is used about so long, and knows last year's season so much longer
COMPANION_SHARE = 0.8  # of the last COMPANION_DAYS a companion must have been measured
COMPANION_DAYS = 60
LOOK_BACK_DAYS = panels.MONTH_DAYS + 4  # of history that the features of one origin reach back
COLUMNS = tuple(f"q{round(level * 1000):03d}" for level in QUANTILES)


class Forecaster:
    """72 hours of one pollutant from its own past and its companions'.

    `target` is a column of the frames given to `fit` and `issue`; every other column is a companion.
    `timezone` is that of the people and their daily rhythm. `interval` is the series' own; inferred if None.
    """

    def __init__(self, target: str, timezone: str, interval: timedelta | None = None) -> None:
        self.target = target
        self.timezone = timezone
        self.interval = interval
        self.notes: tuple[str, ...] = ()
        self.fitted_until: pd.Timestamp | None = None

    def fit(self, frame: pd.DataFrame, season: pd.Series | None = None, changed_at: datetime | None = None) -> Self:
        """Learn from a frame (UTC index, canonical units); `season` is an optional climatology.

        The season is an expected value per time, in the target's unit, reaching as far ahead as it is wanted;
        without it Prophet is fitted here. `changed_at`: since when the source has measured as it does now. How hours
        follow each other is learnt from what came before it as well; how wrong a forecast is, from the days since.
        Raises NotEnoughDataError below MIN_DAYS days of readings since then.
        """
        self._require(frame)
        self._interval = self.interval or infer_interval(pd.DatetimeIndex(frame.index))
        self.hours = step_hours(self._interval)
        grid = to_grid(frame, self.hours, self._interval)
        changed = int(grid.index.searchsorted(pd.Timestamp(changed_at))) if changed_at else 0
        self._check_length(grid.iloc[changed:])
        self.scales = self._choose_scales(grid.iloc[changed:])
        self.season = self._given(season)
        panel = panels.build(grid, self.target, self.scales, self.hours, self.timezone)
        self._learn(panel, changed)
        self.fitted_until = panel.index[-1]
        self.notes = self._notes()
        return self

    def issue(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Quantiles q025 … q975 and `expected` (the median), in the target's unit, from the last reading on.

        The index holds the starts of the coming steps, UTC. `attrs` holds `origin` and `notes`.
        The frame should reach back to the fit (its newest forecasts' errors set the bands), at least 32 days.
        """
        self._require(frame)
        if self.fitted_until is None:
            raise NotEnoughDataError("This forecaster has not been fitted yet.")
        panel, last = self._recent_panel(frame, self.fitted_until)
        errors = self.errors.joined(self._replayed(panel, last, self.fitted_until)).joined(self.year_ago)
        centre = self.ensemble.predict(panel, np.array([last]))[0]
        group = groups(self.ensemble.horizon, self.hours)
        now = _hours(panel.index[[last]])[0]
        spread = spread_quantiles(errors, now, int(panel.hour[last]), group, panel.day)
        values = self.scales[self.target].back(centre[:, None] + spread)
        return self._table(values, panel.index[last])

    def save(self) -> bytes:
        """An artifact for `load`; sign it where it is stored, loading executes pickle."""
        buffer = io.BytesIO()
        joblib.dump(self.__dict__, buffer, compress=3)
        return HEAD + buffer.getvalue()

    @classmethod
    def load(cls, artifact: bytes) -> Self:
        """The inverse of `save`. Raises ValueError for another format."""
        if not artifact.startswith(HEAD):  # before unpickling: another format may name classes that are gone
            raise ValueError(f"This is no saved forecaster of format {FORMAT}. Fit it anew.")
        made = cls.__new__(cls)
        made.__dict__.update(joblib.load(io.BytesIO(artifact.removeprefix(HEAD))))
        return made

    def _require(self, frame: pd.DataFrame) -> None:
        if self.target not in frame:
            raise NotEnoughDataError(f"There are no readings of {self.target} to forecast from.")
        check_frame(frame)

    def _check_length(self, grid: pd.DataFrame) -> None:
        days = grid[self.target].count() * self.hours / 24
        if days < MIN_DAYS:
            raise NotEnoughDataError(
                f"A forecast of {self.target} needs {MIN_DAYS} days of readings; there are {days:.1f}."
            )

    def _choose_scales(self, grid: pd.DataFrame) -> dict[str, Scale]:
        newest = grid.tail(COMPANION_DAYS * 24 // self.hours)
        kept = [c for c in grid if c == self.target or newest[c].notna().mean() >= COMPANION_SHARE]
        return {str(c): Scale.of(grid[c].to_numpy()) for c in kept}

    def _given(self, season: pd.Series | None) -> GivenSeason | None:
        if season is None:
            return None
        stepped = season.resample(f"{self.hours}h").mean()
        return GivenSeason(pd.Series(self.scales[self.target].forward(stepped.to_numpy()), stepped.index))

    def _learn(self, panel: Panel, changed: int) -> None:
        """`changed`: the step at which the source has changed, 0 where it has not."""
        horizon = HORIZON_HOURS // self.hours
        end = len(panel.index)
        share = CHANGED_SHARE if changed else VALIDATION_SHARE
        days = min(VALIDATION_DAYS, int((end - changed) / panel.day * share))
        cut = max(end - days * panel.day, 1)
        rows = _thinned(together.origins(panel), self.hours)
        rows = rows[rows >= cut - 1]
        if not len(rows):
            raise NotEnoughDataError(f"{self.target} has no readings in its newest {days} days; a forecast needs some.")
        tried = together.fit_members(panel, cut, horizon, self.timezone, self.season)
        weighed, foretold = together.weigh(panel, tried, rows, horizon)
        self.errors = _errors(panel, foretold, rows)
        self.year_ago = self._a_year_ago(panel, weighed, changed)
        final = together.fit_members(panel, end, horizon, self.timezone, self.season)
        self.ensemble = Ensemble({name: final[name] for name in tried}, weighed.weights, horizon)

    def _a_year_ago(self, panel: Panel, weighed: Ensemble, changed: int) -> Errors:
        """Errors in the coming season as it was last year, of members that did not learn from it, dated a year later.

        None where the history does not reach back that far, or the source was another then.
        """
        end, curve = len(panel.index), getattr(weighed.members.get("season"), "season", None)
        season = range(end - YEAR_DAYS * panel.day, end - (YEAR_DAYS - SEASON_AHEAD_DAYS - SERVES_DAYS) * panel.day)
        rows = _thinned(together.origins(panel), self.hours)
        rows = rows[(rows >= season.start) & (rows < season.stop - weighed.horizon)]
        if season.start < changed or not len(rows):
            return _no_errors(weighed.horizon)
        members = together.fit_members(panel, end, weighed.horizon, self.timezone, curve, season)
        if members.keys() != weighed.members.keys():
            return _no_errors(weighed.horizon)
        found = _errors(panel, replace(weighed, members=members).predict(panel, rows), rows)
        return replace(found, at=found.at + YEAR_DAYS * 24)

    def _recent_panel(self, frame: pd.DataFrame, fitted: pd.Timestamp) -> tuple[Panel, int]:
        """The newest part of the frame, and the step of the last reading in it."""
        readings = frame[self.target].dropna()
        if readings.empty:
            raise NotEnoughDataError(f"There is no reading of {self.target} to forecast from.")
        measured = pd.DatetimeIndex(readings.index)[-1]
        since = max(fitted, measured - timedelta(days=MEMORY_DAYS))
        start = min(since, measured) - timedelta(days=LOOK_BACK_DAYS)
        grid = to_grid(frame.loc[start:measured], self.hours, self._interval)
        panel = panels.build(grid, self.target, self.scales, self.hours, self.timezone)
        usable = together.origins(panel)
        if not len(usable):
            raise NotEnoughDataError(f"{self.target} has too few readings in the last days to forecast from.")
        return panel, int(usable[-1])

    def _replayed(self, panel: Panel, last: int, fitted: pd.Timestamp) -> Errors:
        """Errors of the forecasts that could have been issued since the fit."""
        rows = _thinned(together.origins(panel), self.hours)
        rows = rows[(panel.index[rows] >= fitted) & (rows < last)]
        if not len(rows):
            return _no_errors(self.ensemble.horizon)
        return _errors(panel, self.ensemble.predict(panel, rows), rows)

    def _table(self, values: Array, origin: pd.Timestamp) -> pd.DataFrame:
        step = pd.Timedelta(hours=self.hours)
        index = pd.date_range(origin + step, periods=len(values), freq=step, name="at")
        table = pd.DataFrame(values, index=index, columns=list(COLUMNS))
        table["expected"] = table["q500"]
        table.attrs = {"origin": origin, "notes": self.notes}
        return table

    def _notes(self) -> tuple[str, ...]:
        rhythm = interval_note(self._interval, self.hours)
        missing = [name for name in ("ridge", "boosting", "season") if name not in self.ensemble.members]
        short = f"The history is too short for {', '.join(missing)}: the forecast rests on simpler rules."
        return tuple(note for note in (rhythm, short if missing else None) if note)


def _thinned(rows: Rows, hours: int) -> Rows:
    return np.asarray(rows[rows % max(1, ORIGIN_EVERY_HOURS // hours) == 0])


def _hours(index: pd.DatetimeIndex) -> Array:
    return np.asarray((index - EPOCH) / pd.Timedelta(hours=1), dtype=np.float64)


def _errors(panel: Panel, foretold: Array, rows: Rows) -> Errors:
    truth = together.future(panel.seen, rows, foretold.shape[1])
    return Errors(_hours(panel.index[rows]), panel.hour[rows], truth - foretold)


def _no_errors(horizon: int) -> Errors:
    return Errors(np.empty(0), np.empty(0, dtype=np.int64), np.empty((0, horizon)))
