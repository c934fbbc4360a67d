"""What the forecast means in words: the night, and the cleanest and the worst hours that people can still choose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aqi_project.clock import DAY, HOUR
from dashboard.city.expected import issued_together
from dashboard.city.index import category_name, category_of
from dashboard.city.scene import Scene
from dashboard.times import local, span_text
from detection.models import Forecast
from ingestion.aqi import DEFAULT, standard
from ingestion.models import Station

WINDOW_HOURS = 3
DAY_STARTS, DAY_ENDS = 6, 22  # people choose among these hours of the wall clock
NOON = 12  # from then on they choose among tomorrow's
NIGHT_STARTS, NIGHT_ENDS = time(20), time(6)
WORTH_SAYING = 1.15  # the worst window must be this many times the best one
TODAY = gettext_lazy("Cleanest today: %(best)s. Worst: %(worst)s."), gettext_lazy("Today's hours will be much alike.")
TOMORROW = (
    gettext_lazy("Cleanest tomorrow: %(best)s. Worst: %(worst)s."),
    gettext_lazy("Tomorrow's hours will be much alike."),
)


@dataclass(frozen=True)
class Window:
    """`hours` consecutive hours with their mean, in the variable's unit."""

    start: datetime
    mean: float

    @property
    def end(self) -> datetime:
        return self.start + WINDOW_HOURS * HOUR


def outlook(scene: Scene, code: str, forecast: Forecast | None) -> str:
    """A line each on the night and the hours of the variable `code`, or why nothing is foretold.

    A category is named only for the pollutant and the scale of the headline, and hours only of a pollutant: a
    temperature has neither clean nor bad ones, and is no multiple of another.
    """
    if not scene.is_foretold(code):
        return _("No forecast: for more than a day no value has come that we trust.")
    if forecast is None or not scene.variables[code].is_pollutant:
        return ""
    station, now = scene.station, scene.newest.at
    rated = code == scene.leading() and (forecast.categories or {}).get("standard") == scene.preferences.standard
    night = night_sentence(station, _all_that_counts(scene, forecast), now) if rated else ""
    return f"{night}\n{hours_sentence(station, forecast, now)}".strip()


def _all_that_counts(scene: Scene, forecast: Forecast) -> list[Forecast]:
    """The station's forecasts, since an index is that of the worst pollutant: ozone leads in the afternoon, dust at
    night. None where what the standard insists on is not among them."""
    found = issued_together(forecast, scene.variables)
    needed = standard(forecast.categories["standard"]).latest.one_of
    return list(found.values()) if found.keys() & set(needed) else []


def night_sentence(station: Station, forecasts: Sequence[Forecast], now: datetime) -> str:
    """“Tonight, most likely: Unhealthy to Very unhealthy.” Empty where the forecasts have no index."""
    numbers = _index_at_night(station, forecasts, now)
    if not numbers:
        return ""
    edition = standard(DEFAULT).latest  # forecasts are rated by it alone
    best, worst = (category_name(category_of(edition, number)) for number in (min(numbers), max(numbers)))
    words = best if best == worst else _("%(start)s to %(end)s") % {"start": best, "end": worst}
    return _("Tonight, most likely: %(categories)s.") % {"categories": words}


def _index_at_night(station: Station, forecasts: Sequence[Forecast], now: datetime) -> Collection[int]:
    """The index of each hour of the coming night, or of what is left of this one."""
    first = local(now + HOUR, station.zone)  # that is foretold: in the night's last hour the next one is meant
    evening = first.date() if first.time() >= NIGHT_ENDS else first.date() - DAY
    starts = datetime.combine(evening, NIGHT_STARTS, station.zone)
    ends = datetime.combine(evening + DAY, NIGHT_ENDS, station.zone)
    worst: dict[datetime, int] = {}
    for forecast in forecasts:
        for at, number in zip(forecast.hours, (forecast.categories or {}).get("aqi", []), strict=False):
            if max(starts, now) <= at < ends and number is not None:
                worst[at] = max(number, worst.get(at, 0))
    return worst.values()


def hours_sentence(station: Station, forecast: Forecast, now: datetime) -> str:
    """“Cleanest tomorrow: 1 pm to 4 pm. Worst: 7 pm to 10 pm.” Before noon it is about today."""
    here = local(now, station.zone)
    day, (differ, alike) = (here.date(), TODAY) if here.hour < NOON else (here.date() + DAY, TOMORROW)
    ahead = (window for window in _windows(forecast) if window.start > now)
    windows = [window for window in ahead if _is_daytime(local(window.start, station.zone), day)]
    if not windows:
        return ""
    best, worst = min(windows, key=lambda w: w.mean), max(windows, key=lambda w: w.mean)
    if worst.mean < WORTH_SAYING * best.mean:
        return str(alike)
    spans = (span_text(window.start, window.end, station.zone) for window in (best, worst))
    return str(differ) % dict(zip(("best", "worst"), spans, strict=True))


def _windows(forecast: Forecast) -> list[Window]:
    middle = forecast.quantiles["q50"]
    starts = forecast.hours[: len(middle) - WINDOW_HOURS + 1]
    return [Window(at, sum(middle[row : row + WINDOW_HOURS]) / WINDOW_HOURS) for row, at in enumerate(starts)]


def _is_daytime(start: datetime, day: date) -> bool:
    return start.date() == day and DAY_STARTS <= start.hour <= DAY_ENDS - WINDOW_HOURS
