"""All that one page is about, read in a handful of indexed queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashboard.city.readings import Row, newest_rows
from dashboard.preferences import Preferences
from detection.models import Anomaly
from ingestion.models import Station, Variable
from ingestion.quality.presence import may_be_foretold

ORDER = ("pm2_5", "pm10", "o3", "no2", "so2", "co", "nh3", "no")  # what matters most to health comes first
RECENT = timedelta(days=30)
MOST_EVENTS = 20


@dataclass(frozen=True)
class Scene:
    """`rows` oldest first; `variables` are those that the rows hold; neither is empty. `events`: those about the air
    first, and of these as of the others the newest first."""

    station: Station
    variables: dict[str, Variable]
    rows: Sequence[Row]
    events: Sequence[Anomaly]
    preferences: Preferences

    @property
    def newest(self) -> Row:
        return self.rows[-1]

    def leading(self) -> str:
        """The variable that the headline is about: the dominant pollutant, else the first that there is."""
        if self.newest.dominant in self.variables:
            return self.newest.dominant
        return next((code for code in self.variables if code in self.newest.values), next(iter(self.variables), ""))

    def is_foretold(self, code: str) -> bool:
        """Whether forecasts of a variable begin near enough to now: the worker issues none otherwise."""
        usable = (row.at for row in reversed(self.rows) if row.trusted(code) is not None)
        return may_be_foretold(next(usable, self.rows[0].at), self.newest.at, self.station.expected_interval)

    def events_of(self, code: str) -> list[Anomaly]:
        return [event for event in self.events if event.variable == code]

    def lasting(self, code: str) -> Anomaly | None:
        """The anomaly of the air, if one lasts at the newest reading."""
        since = self.newest.at - self.station.expected_interval
        found = (e for e in self.events_of(code) if not e.is_fault and e.end is None and e.last_at >= since)
        return next(found, None)


def load(station: Station, preferences: Preferences) -> Scene | None:
    """None where no value was ever read: a sensor's first readings may hold none that is a number."""
    rows = newest_rows(station)
    held = {code for row in rows for code in row.values}
    variables = sorted((v for v in Variable.objects.all() if v.code in held), key=rank) if held else []
    if not variables:
        return None
    events = Anomaly.objects.filter(station=station.slug, start__gte=rows[-1].at - RECENT).order_by(
        "is_fault", "-start"
    )
    return Scene(station, {v.code: v for v in variables}, rows, list(events[:MOST_EVENTS]), preferences)


def rank(variable: Variable) -> tuple[bool, int, str]:
    """By which variables are sorted: pollutants by ORDER, then other pollutants, then what is none."""
    known = ORDER.index(variable.code) if variable.code in ORDER else len(ORDER)
    return (not variable.is_pollutant, known, variable.code)
