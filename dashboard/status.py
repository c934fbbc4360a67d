"""How the installation itself is doing: sources, background work, deliveries."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_q.brokers import get_broker

from alerts.models import Delivery
from aqi_project import clock
from aqi_project.mongo import newest_each
from aqi_project.queue import schedules
from dashboard.poll_errors import what_went_wrong
from ingestion.models import Reading, Station
from ingestion.quality.presence import presence
from ingestion.stations.present import present

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Line:
    """One station: when it was asked last, what came last, and what went wrong."""

    station: Station
    newest_at: datetime | None
    received_at: datetime | None

    @property
    def error(self) -> str:
        return what_went_wrong(self.station)

    @property
    def is_silent(self) -> bool:
        station = self.station
        return presence(self.newest_at, present(station), station.expected_interval) == "silent"


def lines(stations: Sequence[Station]) -> list[Line]:
    found = newest_each(Reading, "station", "at", [one.slug for one in stations], "received_at")
    newest = {one["_id"]: one for one in found}
    return [_line(station, newest.get(station.slug, {})) for station in stations]


def _line(station: Station, newest: dict[str, Any]) -> Line:
    at, received_at = (clock.aware(newest[name]) if newest.get(name) else None for name in ("at", "received_at"))
    return Line(station, at, received_at)


@dataclass(frozen=True)
class Provider:
    """All stations of one source together. `asked_at`: the newest poll; None where it sends by itself."""

    name: str
    stations: int
    asked_at: datetime | None
    received_at: datetime | None
    failing: int


def providers(found: Sequence[Line]) -> list[Provider]:
    """In the order of their names."""
    of: defaultdict[str, list[Line]] = defaultdict(list)
    for line in found:
        of[line.station.get_provider_display()].append(line)
    return [_provider(name, lines) for name, lines in sorted(of.items())]


def _provider(name: str, found: Sequence[Line]) -> Provider:
    asked = [line.station.last_poll_at for line in found if line.station.last_poll_at]
    came = [line.received_at for line in found if line.received_at]
    failing = sum(bool(line.error) for line in found)
    return Provider(name, len(found), max(asked, default=None), max(came, default=None), failing)


def work() -> dict[str, Any]:
    """Tasks that wait, whether anything is scheduled, how late that is (None: on time), how many rows cannot run."""
    rows = schedules.wanted()
    return {
        "waiting": get_broker().queue_size(),
        "scheduled": bool(rows),
        "late": schedules.late(rows),
        "faulty": len(schedules.faulty(rows)),
    }


def deliveries() -> list[tuple[str, int]]:
    """(state in words, count) of the last 24 hours, every state, in the order of a delivery's life."""
    states = Delivery.objects.filter(created_at__gte=clock.now() - LATELY).values_list("state", flat=True)
    counts = Counter(states)
    return [(str(label), counts[state]) for state, label in Delivery.State.choices]


def problems(found: Sequence[Line], work: Mapping[str, Any]) -> list[str]:
    """What does not run as it should, in sentences; none where everything does."""
    failing, silent = sum(bool(line.error) for line in found), sum(line.is_silent for line in found)
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, created_at__gte=clock.now() - LATELY).count()
    counted = (
        (failing, ngettext("%d station could not be asked.", "%d stations could not be asked.", failing)),
        (silent, ngettext("%d station is silent.", "%d stations are silent.", silent)),
        (failed, ngettext("%d message could not be delivered.", "%d messages could not be delivered.", failed)),
        (work["faulty"], ngettext("%d scheduled task cannot run.", "%d scheduled tasks cannot run.", work["faulty"])),
    )
    told = [text % count for count, text in counted if count]
    return [*told, _("Background work is late.")] if work["late"] else told
