"""The index of a station now, under any standard, dressed for a page: name, colour, shape, advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dashboard.city.readings import MOST_ROWS, Row
from dashboard.preferences import Preferences
from ingestion import aqi
from ingestion.aqi import Category, Edition
from ingestion.aqi.averages import LONGEST

HARMFUL = 3  # from this level on an index of too few pollutants is told: the air can only be worse than it says
AVERAGING = {
    "nowcast": _("average of the last 12 hours, newest count most (NowCast)"),
    "24h": _("average of the last 24 hours"),
    "8h": _("average of the last 8 hours"),
    "1h": _("the last hour"),
    "15min": _("highest 15 minutes of the last hour"),
}


@dataclass(frozen=True)
class Index:
    """What one standard says. `averaging` is a key of AVERAGING; `beyond`: above the end of the scale; `complete`: of
    as many pollutants as the standard asks for."""

    edition: Edition
    number: int
    category: Category
    dominant: str
    averaging: str
    beyond: bool
    complete: bool

    @property
    def level(self) -> int:
        return self.category.level

    @property
    def position(self) -> float:
        """0 to 100: where the number lies on a scale whose categories are equally wide."""
        starts = [category.index_from for category in self.edition.categories]
        ends = [*starts[1:], max(self.edition.top, starts[-1] + 1)]
        row = self.edition.categories.index(self.category)
        inside = (self.number - starts[row]) / (ends[row] - starts[row])
        return 100 * (row + min(max(inside, 0.04), 0.96)) / len(starts)


def index_of(code: str, rows: Sequence[Row], interval: timedelta) -> Index | None:
    """The index of the newest of `rows` (oldest first) under the standard `code`; None where it has too little to say.

    Under the default standard the stored index is the truth: alerts and the API show the same number.
    """
    if not rows:
        return None
    found = _compute(code, rows, interval)
    if code == aqi.DEFAULT:
        return _stored(code, rows[-1], found)
    return found


def steps(preferences: Preferences) -> list[dict[str, str]]:
    """The categories of the chosen standard with their colours, best first: the ruler under the number."""
    return [
        {"colour": colour_of(category, preferences), "name": category_name(category)}
        for category in aqi.standard(preferences.standard).latest.categories
    ]


def edition_name(edition: Edition) -> str:
    """In the active language."""
    return edition.name_in(get_language() or "en")


def category_name(category: Category) -> str:
    """In the active language."""
    return category.name_ur if get_language() == "ur" else category.name_en


def colour_of(category: Category, preferences: Preferences) -> str:
    """The standard's own colour, or one that people who see few hues can tell apart."""
    return aqi.levels()[category.level].vision_colour if preferences.palette == "vision" else category.colour


def category_of(edition: Edition, number: int) -> Category:
    return next(c for c in reversed(edition.categories) if number >= c.index_from or c is edition.categories[0])


def _compute(code: str, rows: Sequence[Row], interval: timedelta) -> Index | None:
    edition = aqi.standard(code).latest
    wanted = {table.pollutant for table in edition.tables}
    values = {name: _column(rows, name) for name in wanted & set(rows[-1].values)}
    if not values:
        return None
    times = np.array([row.at.replace(tzinfo=None) for row in rows], dtype="datetime64[us]")
    means = aqi.averages_at(code, times, values, at=times[-1:], interval=interval)
    if MOST_ROWS * interval < LONGEST:
        means = {key: mean for key, mean in means.items() if not key.endswith(":24h")}
    single = aqi.aqi(code, means, rows[-1].at).single()
    if single.index is None:
        return None
    category = category_of(edition, single.index)
    if not single.complete and category.level < HARMFUL:
        return None
    words = single.dominant or "", single.averaging or ""
    return Index(edition, single.index, category, *words, single.beyond, single.complete)


def _stored(code: str, row: Row, found: Index | None) -> Index | None:
    if row.aqi is None:
        return None
    edition = aqi.standard(code).latest
    periods = [table.averaging for table in edition.tables if table.pollutant == row.dominant]
    period = found.averaging if found and found.averaging in periods else (periods or [""])[0]
    complete = found is None or found.complete
    category = category_of(edition, row.aqi)
    return Index(edition, row.aqi, category, row.dominant, period, row.aqi > edition.top, complete)


def _column(rows: Sequence[Row], name: str) -> np.ndarray:
    return np.array([np.nan if (value := row.trusted(name)) is None else value for row in rows], dtype=np.float64)
