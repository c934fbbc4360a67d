"""Places of alerts: a station's slug, or city:lahore for a whole city."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alerts.models import Rule
from alerts.models.rule import CITY_PREFIX, city_place
from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import City, Reading, Station
from ingestion.quality.presence import SILENT_AFTER
from ingestion.stations.alphabet import by_name
from ingestion.stations.present import present


@dataclass(frozen=True)
class Place:
    """Where a rule looks: one station, or the stations of a city."""

    key: str
    stations: tuple[Station, ...]

    @property
    def city(self) -> str:
        """The city that it is; empty for a station."""
        return self.key.removeprefix(CITY_PREFIX) if self.key.startswith(CITY_PREFIX) else ""

    @property
    def zone(self) -> ZoneInfo:
        """Whose wall clocks its times are told by; UTC where its stations are gone."""
        return self.stations[0].zone if self.stations else ZoneInfo("UTC")

    @property
    def is_public(self) -> bool:
        """Whether everyone may read of it."""
        return any(station.is_public for station in self.stations)

    @property
    def keys(self) -> set[str]:
        """The place and what it lies in, for what matches by place."""
        cities = {city_place(station.city) for station in self.stations if station.city}
        return {self.key, *cities}

    @property
    def audience(self) -> set[str]:
        """Whose subscriptions it concerns: what is said of a city is said of its stations, which it mutes."""
        return {"", *self.keys, *(station.slug for station in self.stations)}

    def name_in(self, language: str) -> str:
        if not self.city:
            return self.stations[0].name_in(language) if self.stations else self.key
        return self._called.name_in(language)

    @cached_property
    def _called(self) -> City:
        return City.called([self.city])[self.city]


def places_of(rule: Rule, station: str = "") -> list[Place]:
    """The places at which the rule is evaluated: all, or those that a station is part of."""
    watched = rule.watched()
    if rule.scope == Rule.Scope.STATION:
        chosen = watched.filter(slug=station) if station else watched
        return [Place(member.slug, (member,)) for member in chosen]
    if station:
        watched = watched.filter(city__in=list(watched.filter(slug=station).values_list("city", flat=True)))
    cities: dict[str, list[Station]] = defaultdict(list)
    for member in watched.exclude(city=""):
        cities[member.city].append(member)
    return [Place(city_place(city), tuple(members)) for city, members in sorted(cities.items())]


def place_of(key: str) -> Place:
    """The place of an alert, for its name and its position; without stations where they are gone."""
    if key.startswith(CITY_PREFIX):
        return Place(key, tuple(Station.objects.filter(city=key.removeprefix(CITY_PREFIX), is_active=True)))
    return Place(key, tuple(Station.objects.filter(slug=key)))


def public_keys() -> list[str]:
    """The keys of all places of which everyone may read."""
    stations = list(Station.objects.filter(is_public=True))
    cities = {city_place(station.city) for station in stations if station.is_active and station.city}
    return [*(station.slug for station in stations), *sorted(cities)]


def reading_time(station: Station) -> datetime:
    """The time of the newest reading, so that late ones count in full; now where they have stopped coming."""
    now = present(station)
    newest = collection(Reading).find_one(
        {"station": station.slug, "at": {"$lte": clock.naive(now)}}, {"at": 1}, sort=[("at", -1)]
    )
    if newest is None or now - clock.aware(newest["at"]) > SILENT_AFTER * station.expected_interval:
        return now
    return clock.aware(newest["at"])


def public_places() -> list[tuple[str, str]]:
    """What citizens can choose from: cities with several public stations, and these, in the reader's language."""
    language = get_language() or "en"
    stations = by_name(Station.objects.filter(is_public=True, is_active=True))
    members = Counter(station.city for station in stations if station.city)
    cities = by_name(City.called(city for city, count in members.items() if count > 1).values())
    whole = [
        (city_place(city.slug), _("%(city)s, the whole city") % {"city": city.name_in(language)}) for city in cities
    ]
    return whole + [(station.slug, station.name_in(language)) for station in stations]
