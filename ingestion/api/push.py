"""Taking in what stations send by themselves: one answer for each item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from aqi_project import clock
from ingestion.aqi.units import canonical_unit
from ingestion.models import Station, Variable
from ingestion.observation import Observation, Rejected
from ingestion.providers.push.parse import Pushed, parse
from ingestion.storing.catalogue import ensure_variable
from ingestion.storing.store import SourceChangedError, store

INSERTED, REVISED, UNCHANGED, REFUSED = "inserted", "revised", "unchanged", "refused"
STATUSES = (INSERTED, REVISED, UNCHANGED, REFUSED)
NO_LONGER = "{station} has just been given to another source; ask the operators where to send its readings"
LONGEST_UNIT = Variable._meta.get_field("unit").max_length
Answer = dict[str, Any]


def take_in(items: Sequence[Any], may_write: Callable[[str], bool]) -> list[Answer]:
    """Store the items, station by station, and say what became of each, in order.

    An item for a station that does not exist, or that the caller may not write to, is refused.
    """
    known = dict(Variable.objects.values_list("code", "unit"))
    parsed = parse(items, clock.now(), known)
    stations = _stations({one.station for one in parsed if isinstance(one, Pushed)}, may_write)
    _name_new(known, [one for one in parsed if isinstance(one, Pushed) and one.station in stations])
    answers: list[Answer] = [{} for _ in parsed]
    for slug, given in _by_station(parsed).items():
        if slug in stations:
            _store(stations[slug], given, answers)
    for place, one in enumerate(parsed):
        if not answers[place]:
            answers[place] = {"status": REFUSED, "reason": _reason(one)}
    return answers


def _name_new(known: Mapping[str, str], taken: Sequence[Pushed]) -> None:
    """A variable that is sent for the first time is shown from now on; an admin may name it better."""
    new = {code: one for one in taken for code in one.observation.values if code not in known}
    for code, one in new.items():
        ensure_variable(code, canonical_unit(str(one.units.get(code, "")), code)[:LONGEST_UNIT])


def _stations(slugs: set[str], may_write: Callable[[str], bool]) -> dict[str, Station]:
    pushed = Station.objects.filter(slug__in=sorted(slugs), provider=Station.Provider.PUSH, is_active=True)
    return {station.slug: station for station in pushed if may_write(station.slug)}


def _by_station(parsed: Sequence[Pushed | Rejected]) -> dict[str, list[tuple[int, Observation]]]:
    found: dict[str, list[tuple[int, Observation]]] = {}
    for place, one in enumerate(parsed):
        if isinstance(one, Pushed):
            found.setdefault(one.station, []).append((place, one.observation))
    return found


def _store(station: Station, given: list[tuple[int, Observation]], answers: list[Answer]) -> None:
    try:
        done = store(station, [observation for _, observation in given], received_at=clock.now())
    except SourceChangedError:
        for place, _ in given:
            answers[place] = {"status": REFUSED, "reason": NO_LONGER.format(station=station.slug)}
        return
    inserted, revised = set(done.inserted), set(done.revised)
    for place, observation in given:
        doubts = {"doubts": dict(observation.rejected)} if observation.rejected else {}
        answers[place] = {"status": _status(observation.at, inserted, revised), **doubts}


def _status(at: datetime, inserted: set[datetime], revised: set[datetime]) -> str:
    if at in inserted:
        return INSERTED
    return REVISED if at in revised else UNCHANGED


def _reason(one: Pushed | Rejected) -> str:
    if isinstance(one, Rejected):
        return one.reason
    return f"there is no station {one.station!r} that takes pushed readings and that this key may write to"
