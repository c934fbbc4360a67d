"""A year taken apart for readers who want to know more: what repeats, what is missing, what goes with what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import numpy as np
from django.utils.translation import gettext as _

from dashboard.city.now import variable_name
from dashboard.drawing import plot
from dashboard.drawing.plot import Plot
from dashboard.drawing.scale import Place
from dashboard.past.calendar import Strip, bar
from dashboard.past.hourly import A_DAY, A_WEEK, Floats, Hourly
from detection.analysis import eda
from ingestion.models import Variable

LAGS = 7 * A_DAY
WORTH_NAMING = 0.3  # a rank correlation below it says little


@dataclass(frozen=True)
class Figures:
    """One variable in numbers."""

    variable: Variable
    distribution: eda.Distribution
    missing: eda.Missing

    @property
    def median(self) -> float:
        return self.distribution.quantiles[0.5]

    @property
    def low(self) -> float:
        return self.distribution.quantiles[0.05]

    @property
    def high(self) -> float:
        return self.distribution.quantiles[0.95]

    @property
    def longest_gap(self) -> timedelta:
        """In whole days where it is longer than two."""
        hours = self.missing.longest
        return timedelta(hours=hours) if hours < 2 * A_DAY else timedelta(days=round(hours / A_DAY))


@dataclass(frozen=True)
class Apart:
    """One variable's year: its course with the trend, its mean day and week, what each explains, how long it lasts."""

    course: Plot
    day: Plot
    week: Plot
    memory: Plot
    shares: list[tuple[str, float]]
    after_a_day: float | None  # None: too little is known


def figures(year: Hourly, variables: dict[str, Variable]) -> list[Figures]:
    return [
        Figures(variables[code], found, eda.missing(values))
        for code, values in year.columns.items()
        if (found := eda.distribution(values)) is not None
    ]


def bins(values: Floats, variable: Variable) -> list[tuple[float, int, float]]:
    """How often which value: (upper edge, how many hours, share of the highest bar)."""
    found = eda.distribution(values, from_zero=variable.is_pollutant)
    if found is None:
        return []
    most = max(int(found.counts.max()), 1)
    pairs = zip(found.edges[1:].tolist(), found.counts.tolist(), strict=True)
    return [(edge, count, count / most) for edge, count in pairs]


def strip(year: Hourly, code: str) -> Strip:
    """The share of each day's hours that have a value, of the first and the newest day as far as they were watched."""
    bars = []
    for day, group in groupby(zip(year.times, year.columns[code], strict=True), key=lambda pair: pair[0].date()):
        known = [bool(np.isfinite(value)) for _, value in group]
        bars.append(bar(day, sum(known) / len(known)))
    return Strip(bars)


def apart(year: Hourly, variable: Variable) -> Apart:
    code = variable.code
    parts = eda.decompose(year.columns[code], year.hours, year.weekdays, A_WEEK)
    memory = eda.autocorrelation(year.columns[code], LAGS)
    weekdays = plot.weekday_places()
    names = {"trend": _("from week to week"), "daily": _("from hour to hour of the day")}
    names |= {"weekly": _("from weekday to weekday"), "rest": _("weather, chance and everything else")}
    return Apart(
        _course(year, variable, parts),
        _profile(_("Difference from the week's mean, by hour of the day"), parts.daily, plot.every(6, A_DAY - 1)),
        _profile(
            _("Difference from the week's mean, by weekday"), parts.weekly, weekdays, lambda day: weekdays[day][1]
        ),
        _profile(_("Likeness to itself, hours later"), memory, plot.every(A_DAY, LAGS)),
        [(names[name], share) for name, share in parts.shares.items()],
        float(memory[A_DAY]) if np.isfinite(memory[A_DAY]) else None,
    )


def together(year: Hourly, variables: dict[str, Variable], one: str, other: str) -> tuple[Plot | None, float | None]:
    """Two variables hour by hour, and how far they rise together: −1 to 1."""
    label = _("%(one)s across, %(other)s upwards") % {
        "one": variable_name(variables[one]),
        "other": variable_name(variables[other]),
    }
    drawn = plot.density(label, year.columns[one], year.columns[other])
    return drawn, eda.rank_correlation(year.columns[one], year.columns[other])


def matrix(year: Hourly, variables: dict[str, Variable]) -> list[tuple[Variable, list[tuple[Variable, float | None]]]]:
    """Rank correlations of all pairs, a row for each variable."""
    found = eda.rank_correlations(year.columns)
    return [
        (variables[row], [(variables[column], found.get((row, column))) for column in year.columns])
        for row in year.columns
    ]


def in_words(correlation: float | None) -> str:
    if correlation is None:
        return _("Too few hours have both.")
    if abs(correlation) < WORTH_NAMING:
        return _("They have little to do with each other.")
    return _("They rise together.") if correlation > 0 else _("When one rises, the other falls.")


def daily_means(year: Hourly, values: Floats) -> list[tuple[object, float]]:
    """(noon of the day, mean of what is known)"""
    found = []
    for _day, group in groupby(zip(year.times, values, strict=True), key=lambda pair: pair[0].date()):
        pairs = list(group)
        known = [pair[1] for pair in pairs if np.isfinite(pair[1])]
        found.append((pairs[len(pairs) // 2][0], sum(known) / len(known) if known else np.nan))
    return found


def _profile(label: str, values: Floats, across: list[tuple[Place, str]], said: Callable[[int], str] = str) -> Plot:
    return plot.lines(label, [("", list(enumerate(values)))], across, said)


def _course(year: Hourly, variable: Variable, parts: eda.Parts) -> Plot:
    each = year.columns[variable.code]
    days = [(_("week's mean"), daily_means(year, parts.trend)), (_("each day"), daily_means(year, each))]
    label, months = _("The year, day by day"), plot.month_ticks(year.times)
    return plot.lines(label, days, months, plot.day_of, from_zero=variable.is_pollutant)
