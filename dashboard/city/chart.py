"""The city page's chart: what came, what was expected, what is to come. Geometry only; the template draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.utils.formats import date_format

from aqi_project.clock import DAY, HOUR
from dashboard.city.readings import BEHIND, Row, looks_back
from dashboard.drawing.scale import SIZE, Scale, Tick, grid, segments, ticks
from dashboard.times import clock_text, local
from detection.live.band import BandPoint
from detection.models import Anomaly, Forecast
from ingestion.models import Station, Variable

AHEAD = timedelta(hours=72)
DAYS_FROM = timedelta(hours=40)  # an axis so long is marked by its midnights, a shorter one by hours or minutes
MOST_TICKS = 6
TICK_STEPS = tuple(timedelta(minutes=one) for one in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720))
GAP = 1.5  # a step of more than so many expected intervals is a gap
FAN = (("q025", "q975"), ("q25", "q75"))  # 95 and 50 of 100 hours should lie in these
QUANTILES = ("q025", "q25", "q50", "q75", "q975")
COLUMNS = ("at", "value", "in_doubt", "expected", "lower", "upper", *(f"forecast_{name}" for name in QUANTILES))
SCALED_TO = "q90"  # what lies above it may leave the picture, so that one wide tail does not flatten the rest


def looks_ahead(station: Station) -> timedelta:
    """As far for the hours behind as ever: days ahead of the minutes that a fine series shows would hide these."""
    return AHEAD * (looks_back(station) / BEHIND)


@dataclass(frozen=True)
class Mark:
    """An anomaly on the chart: its span and its peak, all in per cent of the drawing."""

    event: Anomaly
    left: float
    width: float
    peak_left: float
    peak_top: float

    @property
    def x(self) -> int:
        return round(self.left * SIZE / 100)

    @property
    def across(self) -> int:
        return max(1, round(self.width * SIZE / 100))


@dataclass(frozen=True)
class Chart:
    """All that the chart shows. `rows` oldest first; `forecast` None: nothing is foretold."""

    station: Station
    variable: Variable
    rows: Sequence[Row]
    band: Sequence[BandPoint]
    forecast: Forecast | None
    events: Sequence[Anomaly]
    ahead: timedelta = AHEAD

    @property
    def now(self) -> datetime:
        """Everything is anchored at the newest reading, never at the wall clock."""
        return self.rows[-1].at

    @cached_property
    def scale(self) -> Scale:
        start = min(self.rows[0].at, self.now - HOUR)
        ahead = self.ahead if self.forecast or self.band else timedelta()
        return Scale(start, self.now + ahead, self.levels[0], self.levels[-1])

    @cached_property
    def levels(self) -> list[float]:
        """The values that are written beside the chart, from its bottom to its top."""
        return ticks(*self._range())

    @cached_property
    def observed(self) -> list[tuple[datetime, float | None]]:
        return [(row.at, row.trusted(self.variable.code)) for row in self.rows]

    @cached_property
    def doubted(self) -> list[tuple[datetime, float]]:
        code = self.variable.code
        return [(row.at, row.values[code]) for row in self.rows if code in row.flags and code in row.values]

    @cached_property
    def foretold(self) -> list[tuple[datetime, dict[str, float]]]:
        """(time, quantiles) of each hour ahead."""
        if self.forecast is None:
            return []
        return [
            (at, {name: values[row] for name, values in self.forecast.quantiles.items()})
            for row, at in enumerate(self.forecast.hours)
            if self.now < at <= self.now + self.ahead
        ]

    def _range(self) -> tuple[float, float]:
        values = [value for _, value in self.observed if value is not None]
        values += [value for point in self.band for value in (point.lower, point.upper)]
        values += [quantiles[SCALED_TO] for _, quantiles in self.foretold]
        values += [value for _, value in self.doubted] if not values else []
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        return (min(0.0, low) if self.variable.is_pollutant else low, high)

    def grid_path(self) -> str:
        return grid(self.value_ticks, self.time_ticks)

    def line_path(self) -> str:
        return self.scale.line(segments(self.observed, GAP * self.station.expected_interval.total_seconds()))

    @cached_property
    def doubted_path(self) -> str:
        return self.scale.line([[point] for point in self.doubted])

    def band_path(self) -> str:
        return self.scale.area([(point.at, point.lower, point.upper) for point in self.band])

    def expected_path(self) -> str:
        return self.scale.line([[(point.at, point.expected) for point in self.band]] if self.band else [])

    def fan_paths(self) -> list[str]:
        """Widest first, each starting at the newest value."""
        newest = self.observed[-1][1]
        if not self.foretold:
            return []
        start = [] if newest is None else [(self.now, newest, newest)]
        return [
            self.scale.area([*start, *((at, q[low], q[high]) for at, q in self.foretold if low in q)])
            for low, high in FAN
        ]

    def forecast_path(self) -> str:
        newest = self.observed[-1][1]
        start = [] if newest is None else [(self.now, newest)]
        return self.scale.line([[*start, *((at, q["q50"]) for at, q in self.foretold)]] if self.foretold else [])

    def newest_spot(self) -> tuple[float, float] | None:
        value = self.observed[-1][1]
        if value is None or not self.shows_now:
            return None
        return self.scale.percent_x(self.now), self.scale.percent_y(value)

    @property
    def shows_now(self) -> bool:
        """Whether the newest reading of the chart is the station's newest, and not the end of a look back."""
        return bool(self.ahead)

    def now_place(self) -> float:
        return self.scale.percent_x(self.now)

    def marks(self) -> list[Mark]:
        return [self._mark(event) for event in self.events if event.last_at >= self.scale.start]

    def _mark(self, event: Anomaly) -> Mark:
        half = self.station.expected_interval / 2
        left = self.scale.percent_x(max(event.start - half, self.scale.start))
        right = self.scale.percent_x(min(event.last_at + half, self.scale.end))
        peak = max(event.peak_at, self.scale.start)
        return Mark(event, left, right - left, self.scale.percent_x(peak), self.scale.percent_y(event.value))

    @cached_property
    def value_ticks(self) -> list[Tick]:
        return [Tick(self.scale.percent_y(value), f"{value:g}") for value in self.levels]

    @cached_property
    def time_ticks(self) -> list[Tick]:
        """Midnights of the wall clock; on a short axis hours or minutes too."""
        step, start = self._tick_step(), local(self.scale.start, self.station.zone)
        at = start.replace(hour=0, minute=0, second=0, microsecond=0)
        behind = start.replace(tzinfo=None) - at.replace(tzinfo=None) - HOUR  # it may be shown again
        at += step * (behind // step)
        found = []
        while at <= self.scale.end:
            found += [self._tick(each) for each in self._comings(at, step)]
            at += step
        return sorted(found, key=lambda tick: tick.place)

    def _comings(self, at: datetime, step: timedelta) -> list[datetime]:
        """When the wall clock shows `at`, within the chart: never, where it leaps over it; of an hour that comes twice
        both times, where ticks stand so close."""
        if step == DAY:
            return [at] if at >= self.scale.start else []
        both = [at.replace(fold=fold) for fold in ((0, 1) if step <= HOUR else (0,))]
        moments = {each.astimezone(UTC) for each in both}
        shown = [local(each, self.station.zone) for each in moments if self.scale.start <= each <= self.scale.end]
        return [each for each in shown if each.hour == at.hour]

    @property
    def marks_days(self) -> bool:
        """Whether midnights alone are marked; hours take more room, and a narrow page shows fewer of them."""
        return self._tick_step() == DAY

    def _tick_step(self) -> timedelta:
        length = self.scale.end - self.scale.start
        return next((step for step in TICK_STEPS if length < DAYS_FROM and length <= MOST_TICKS * step), DAY)

    def _tick(self, at: datetime) -> Tick:
        place = self.scale.percent_x(at)
        if at.time() == time():
            return Tick(place, date_format(at, "j"), date_format(at, "D"))
        return Tick(place, clock_text(at, self.station.zone))

    def table(self) -> list[tuple[Any, ...]]:
        """A row for each time of COLUMNS, oldest first; None where a column says nothing of it."""
        usual = {point.at: (point.expected, point.lower, point.upper) for point in self.band}
        ahead = dict(self.foretold)
        read = {row.at: (row.values.get(self.variable.code), row.flags.get(self.variable.code)) for row in self.rows}
        return [
            (
                at,
                *read.get(at, (None, None)),
                *usual.get(at, (None,) * 3),
                *(ahead.get(at, {}).get(q) for q in QUANTILES),
            )
            for at in sorted({*read, *usual, *ahead})
        ]

    def data(self) -> dict[str, Any]:
        """The same as numbers, for scripts: times in ISO UTC, values in the variable's unit."""
        code = self.variable.code
        return {
            "station": self.station.slug,
            "variable": code,
            "unit": self.variable.unit,
            "timezone": self.station.timezone,
            "observed": [
                {"at": row.at.isoformat(), "value": row.values.get(code), "flag": row.flags.get(code)}
                for row in self.rows
            ],
            "band": [
                {"at": p.at.isoformat(), "expected": p.expected, "lower": p.lower, "upper": p.upper} for p in self.band
            ],
            "forecast": [{"at": at.isoformat(), **quantiles} for at, quantiles in self.foretold],
            "anomalies": [
                {
                    "start": e.start.isoformat(),
                    "end": e.last_at.isoformat(),
                    "peak": e.peak_at.isoformat(),
                    "value": e.value,
                    "is_fault": e.is_fault,
                }
                for e in self.events
            ],
        }
