"""What the forecast means in words: the cleanest and the worst hours ahead."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from dashboard.times import HOUR, local, span_text
from detection.models import Forecast
from ingestion.models import Station

WINDOW_HOURS = 3
DAY_STARTS, DAY_ENDS = 6, 22  # people choose among these hours of the wall clock
WORTH_SAYING = 1.15  # the worst window must be this many times the best one


@dataclass(frozen=True)
class Window:
    """`hours` consecutive hours with their mean, in the variable's unit."""

    start: datetime
    mean: float

    @property
    def end(self) -> datetime:
        return self.start + WINDOW_HOURS * HOUR


def outlook_sentence(station: Station, forecast: Forecast | None, now: datetime) -> str:
    """“Cleanest tomorrow: 1 pm to 4 pm. Worst: 7 pm to 10 pm.” Empty where the hours hardly differ."""
    if forecast is None:
        return ""
    tomorrow = local(now, station.zone).date() + timedelta(days=1)
    windows = [w for w in _windows(forecast) if _is_daytime(local(w.start, station.zone), tomorrow)]
    if not windows:
        return ""
    best, worst = min(windows, key=lambda w: w.mean), max(windows, key=lambda w: w.mean)
    if worst.mean < WORTH_SAYING * best.mean:
        return _("Tomorrow's hours will be much alike.")
    words = {"best": span_text(best.start, best.end, station.zone)}
    words["worst"] = span_text(worst.start, worst.end, station.zone)
    return _("Cleanest tomorrow: %(best)s. Worst: %(worst)s.") % words


def _windows(forecast: Forecast) -> list[Window]:
    middle = forecast.quantiles["q50"]
    start = forecast.start.replace(tzinfo=forecast.start.tzinfo or UTC)
    rows = range(len(middle) - WINDOW_HOURS + 1)
    return [Window(start + row * HOUR, sum(middle[row : row + WINDOW_HOURS]) / WINDOW_HOURS) for row in rows]


def _is_daytime(start: datetime, day: object) -> bool:
    return start.date() == day and DAY_STARTS <= start.hour <= DAY_ENDS - WINDOW_HOURS
