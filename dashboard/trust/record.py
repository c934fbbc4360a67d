"""The forecasts' record, month by month: ours beside simple rules and the provider's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import nan

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboard.drawing import plot
from dashboard.drawing.plot import Plot
from dashboard.drawing.scale import Place
from detection.lifecycle.watch import records
from detection.models import MonthlyRecord, Series
from ingestion.models import Station

NEXT_DAY = "7-24"  # hours ahead: what a reader plans tomorrow by, and so what months are compared by
RIVALS = ("error", "persistence", "seasonal_naive", "provider")  # fields of a record, ours first
COLUMNS = ("month", "hours_ahead", *RIVALS, "unit", "coverage", "values_compared")


@dataclass(frozen=True)
class Line:
    """One group of hours ahead in one month. `better`: how much smaller our error is than persistence's."""

    hours: str
    record: MonthlyRecord

    @property
    def better(self) -> float:
        return 1 - self.record.error / self.record.persistence if self.record.persistence else 0.0


@dataclass(frozen=True)
class Month:
    """All that was issued in one month, short horizons first."""

    name: str
    lines: list[Line]

    def error(self, rival: str, hours: str) -> float:
        """A mean absolute error in the variable's unit, NaN where it is not known."""
        found = next((getattr(line.record, rival) for line in self.lines if line.record.hours == hours), None)
        return nan if found is None else found


def months(series: Series) -> list[Month]:
    """Newest first; empty as long as no forecast has met its hour."""
    found = groupby(records.monthly(series.key), key=lambda row: row.month)
    return [Month(_month_name(month), [Line(_hours(row.hours), row) for row in rows]) for month, rows in found]


def by_hours(month: Month) -> Plot:
    """How the error grows with the hours ahead."""
    names = [line.hours for line in month.lines]
    groups = [line.record.hours for line in month.lines]
    curves = _curves(len(groups), lambda rival, place: month.error(rival, groups[place]))
    label = _("Mean error by hours ahead, %(month)s") % {"month": month.name}
    return plot.lines(label, curves, list(enumerate(names)), lambda place: names[int(place)])


def by_month(found: Sequence[Month]) -> Plot | None:
    """How the error of a day ahead went from month to month; None for a single month."""
    if len(found) < 2:
        return None
    oldest_first = list(reversed(found))
    names = [month.name for month in oldest_first]
    curves = _curves(len(names), lambda rival, place: oldest_first[place].error(rival, NEXT_DAY))
    label = _("Mean error 7 to 24 hours ahead, month by month")
    return plot.lines(label, curves, list(enumerate(names)), lambda place: names[int(place)])


def table(found: Sequence[Month], unit: str) -> list[tuple[object, ...]]:
    """A row of COLUMNS for each month and group of hours ahead, newest month first."""
    rows = [line.record for month in found for line in month.lines]
    return [
        (row.month, row.hours, *(getattr(row, rival) for rival in RIVALS), unit, row.coverage, row.count)
        for row in rows
    ]


def why_no_provider(found: Sequence[Month], station: Station) -> str:
    """Why the provider's own forecast is not among the rivals; empty where it is."""
    if any(line.record.provider is not None for month in found for line in month.lines):
        return ""
    if station.is_recording:
        return _("The provider's own forecasts were not recorded, so they cannot be compared.")
    return _("No forecast of the provider's own is old enough to be compared yet.")


def rival_names() -> dict[str, str]:
    return {
        "error": _("ours"),
        "persistence": _("“it stays as it is”"),
        "seasonal_naive": _("“as yesterday at this hour”"),
        "provider": _("the provider's own"),
    }


def _curves(count: int, error: Callable[[str, int], float]) -> list[tuple[str, list[tuple[Place, float]]]]:
    """Rivals that nothing is known of are left out."""
    points = {rival: [(float(place), error(rival, place)) for place in range(count)] for rival in RIVALS}
    named = rival_names()
    return [(named[rival], found) for rival, found in points.items() if any(value == value for _, value in found)]


def _hours(group: str) -> str:
    """“1”, “2–6”"""
    first, _, last = group.partition("-")
    return first if first == last else f"{first}–{last}"


def _month_name(text: str) -> str:
    year, _, month = text.partition("-")
    return date_format(date(int(year), int(month), 1), "F Y")
