"""What a support call would ask first: each area is looked at, and what is found says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.module_loading import import_string

AREAS = {  # name → what looks at it; the first that finds the database gone ends the visit
    "settings": "aqi_project.doctor.machine.settings_are_sound",
    "disk": "aqi_project.doctor.machine.disk_has_room",
    "database": "aqi_project.doctor.store.database_answers",
    "migrations": "aqi_project.doctor.store.migrations_are_applied",
    "indexes": "aqi_project.doctor.store.indexes_are_there",
    "clock": "aqi_project.doctor.store.clocks_agree",
    "queue": "aqi_project.doctor.work.queue_moves",
    "providers": "ingestion.doctor.stations_report",
    "models": "detection.doctor.models_are_fresh",
    "mail": "alerts.doctor.mail_is_accepted",
    "deliveries": "alerts.doctor.deliveries_arrive",
}


class State(StrEnum):
    WELL = "well"
    NOTICE = "notice"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the installation; where something is not well, also what to do."""

    state: State
    says: str
    mend: str = ""


class UnreachableError(Exception):
    """The database does not answer, so nothing that needs it can be looked at."""


def well(says: str) -> Finding:
    return Finding(State.WELL, says)


def notice(says: str, mend: str) -> Finding:
    return Finding(State.NOTICE, says, mend)


def wrong(says: str, mend: str) -> Finding:
    return Finding(State.WRONG, says, mend)


def examine() -> Iterator[tuple[str, Finding]]:
    """(area, finding) of all areas, as they are looked at. A look that fails is a finding itself."""
    for area, path in AREAS.items():
        look: Callable[[], Iterable[Finding]] = import_string(path)
        try:
            for finding in look():
                yield area, finding
        except UnreachableError as error:
            yield area, wrong(str(error), "Start it, or correct MONGODB_URI; the areas after this one need it.")
            return
        except Exception as error:  # noqa: BLE001 (one broken look must not hide the others)
            yield area, wrong(f"It could not be looked at: {type(error).__name__}: {error}", "Report this sentence.")
