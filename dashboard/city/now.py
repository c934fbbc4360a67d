"""The state of a station in words and numbers: one dictionary for the page, the polling endpoint and the socket.

All three show the same because all three call `now`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aqi_project import clock
from dashboard import digits, times
from dashboard.city.expected import UNKNOWN, Rarity, rarity_of, usual_at
from dashboard.city.index import AVERAGING, Index, category_name, colour_of, edition_name, index_of
from dashboard.city.scene import Scene
from dashboard.city.unusual import unusual_sentence
from dashboard.numbers import number_text
from dashboard.sources import source_of_station
from ingestion.aqi import advice, groups, ink, levels, standard
from ingestion.models import Variable
from ingestion.quality.presence import SILENT_AFTER

STALE_AT_LEAST = timedelta(minutes=1)  # a recording plays fast: no alarm at every hiccup
WORDS = (
    "at_text", "age_text", "stale_text", "unusual", "texts", "number", "beyond", "averaging", "advice", "variable_name",
    "category",
)  # fmt: skip
NO_LEVEL = {"level": 0, "colour": "#8a97a3", "ink": "#000000", "shape": "circle"}


def now(scene: Scene) -> dict[str, Any]:
    """Plain values and short texts in the active language, with the reader's digits."""
    state = _now(scene)
    return digits.in_words(state, WORDS) if scene.preferences.urdu_digits else state


def _now(scene: Scene) -> dict[str, Any]:
    row, station = scene.newest, scene.station
    index = index_of(scene.preferences.standard, scene.rows, station.expected_interval)
    code = (index.dominant if index else "") or scene.leading()
    moment = times.moment_text(row.at, station.zone)
    return {
        "at": row.at.isoformat(),
        "at_text": moment,
        "age_text": times.age_text(_age(scene)),
        "arrived": _arrived(scene).isoformat(),
        "stale_after": stale_after(scene).isoformat(),
        "is_stale": is_stale(scene),
        "stale_text": _("Nothing new has come since %(moment)s. This is the last known value.") % {"moment": moment},
        "server_time": clock.now().isoformat(),
        "source": str(source_of_station(station, row.provider).name),
        "unusual": _unusual(scene, code),
        "variable": code,
        "variable_name": variable_name(scene.variables.get(code)),
        "values": {name: row.values[name] for name in scene.variables if name in row.values},
        "texts": {
            name: number_text(row.values[name], of) for name, of in scene.variables.items() if name in row.values
        },
        "flags": row.flags,
        **(_indexed(scene, index) if index else _plain(scene, code)),
    }


def variable_name(variable: Variable | None) -> str:
    return variable.name_in(get_language() or "en") if variable else ""


def stale_after(scene: Scene) -> datetime:
    """When a page has to say that nothing new came: three intervals after the newest reading, or after the newest
    arrival where a recording is played."""
    return _arrived(scene) + max(SILENT_AFTER * _pace(scene), STALE_AT_LEAST)


def is_stale(scene: Scene) -> bool:
    """Whether the newest reading is too old to be shown as now."""
    return clock.now() > stale_after(scene)


def _arrived(scene: Scene) -> datetime:
    """What the age counts from."""
    row = scene.newest
    return row.received_at or row.at if scene.station.is_recording else row.at


def _pace(scene: Scene) -> timedelta:
    interval = scene.station.expected_interval
    catching_up = scene.newest.at < clock.now() - 2 * interval
    if scene.station.is_recording and catching_up:
        return settings.REPLAY_SECONDS_PER_HOUR * timedelta(seconds=1) * (interval / clock.HOUR)
    return interval


def _age(scene: Scene) -> timedelta:
    return max(clock.now() - _arrived(scene), timedelta())


def _indexed(scene: Scene, index: Index) -> dict[str, Any]:
    urdu = get_language() == "ur"
    colour = colour_of(index.category, scene.preferences)
    return {
        "number": str(index.number),
        "unit": "",
        "level": index.level,
        "colour": colour,
        "ink": ink(colour),
        "shape": levels()[index.level].shape,
        "position": round(index.position, 1),
        "category": _category(index),
        "beyond": _beyond(index),
        "standard": edition_name(index.edition),
        "averaging": str(AVERAGING.get(index.averaging, "")),
        "advice": {group: getattr(advice(index.level, group), "ur" if urdu else "en") for group in groups()},
    }


def _category(index: Index) -> str:
    name = category_name(index.category)
    return name if index.complete else _("At least: %(category)s") % {"category": name}


def _beyond(index: Index) -> str:
    """What the number does not tell."""
    top = _("Beyond the end of the index (%(top)d).") % {"top": index.edition.top} if index.beyond else ""
    fewer = _("Not all pollutants that this scale asks for could be counted: the air may be worse.")
    return f"{top} {'' if index.complete else fewer}".strip()


def _plain(scene: Scene, code: str) -> dict[str, Any]:
    """A station without an index: the value itself is the headline, unless it is in doubt."""
    variable = scene.variables.get(code)
    value = scene.newest.trusted(code)
    return {
        **NO_LEVEL,
        "number": number_text(value, variable),
        "unit": variable.unit if variable else "",
        "position": 0,
        "category": variable_name(variable),
        "beyond": _why_none(scene) if variable and variable.is_pollutant else "",
        "standard": "",
        "averaging": "",
        "advice": {},
    }


def _why_none(scene: Scene) -> str:
    scale = edition_name(standard(scene.preferences.standard).latest)
    text = _("%(scale)s gives no index here: it needs more hours or more pollutants than have come.")
    return text % {"scale": scale}


def _unusual(scene: Scene, code: str) -> str:
    """Empty where nothing is known of the present: what the last value was then says nothing of now."""
    if is_stale(scene):
        return ""
    row, station = scene.newest, scene.station
    key, value = f"{station.slug}/{code}", row.trusted(code)
    usual = usual_at(key, row.at)
    rare = rarity_of(key, usual, value) if usual is not None and value is not None else UNKNOWN
    event = scene.lasting(code)  # it tells how rare its peak was; the values after that are less unusual
    if event and event.peak_at == row.at and event.days_between and event.record_days:
        rare = Rarity(event.days_between, event.record_days)
    return unusual_sentence(station, row.at, value, usual, rare, scene.variables.get(code))
