"""The variables that are known: the eight pollutants from the start, others as they come."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from ingestion.models import Station, Variable
from ingestion.quality.spec import POLLUTANTS, Habit, Spec

KNOWN = {spec.code: spec for spec in POLLUTANTS}
NAMES = {  # code → name, name in Urdu
    "pm2_5": ("PM2.5", "پی ایم 2.5"),
    "pm10": ("PM10", "پی ایم 10"),
    "no2": ("NO₂", "نائٹروجن ڈائی آکسائیڈ"),
    "so2": ("SO₂", "سلفر ڈائی آکسائیڈ"),
    "o3": ("O₃", "اوزون"),
    "co": ("CO", "کاربن مونو آکسائیڈ"),
    "no": ("NO", "نائٹرک آکسائیڈ"),
    "nh3": ("NH₃", "امونیا"),
}
OTHERS = {"temperature": ("°C", "درجہ حرارت"), "humidity": ("%", "نمی")}  # code → unit, name in Urdu


def ensure_pollutants() -> None:
    """Create the pollutants that are missing; what an admin changed stays."""
    for spec in POLLUTANTS:
        name, name_ur = NAMES[spec.code]
        defaults = {"name": name, "name_ur": name_ur, "unit": spec.unit, "valid_min": spec.low, "valid_max": spec.high}
        Variable.objects.get_or_create(code=spec.code, defaults={**defaults, "is_pollutant": True})


def ensure_variable(code: str, unit: str) -> Variable:
    """The variable `code`, made where it is missing: with a name from its code, its values kept in `unit`."""
    name_ur = OTHERS[code][1] if code in OTHERS else ""
    given = {"name": code.replace("_", " ").capitalize(), "name_ur": name_ur, "unit": unit}
    return Variable.objects.get_or_create(code=code, defaults=given)[0]


def ensure_others(codes: Iterable[str]) -> None:
    """Create those of OTHERS that are among `codes`: undescribed ones would count as pollutants."""
    for code in OTHERS.keys() & set(codes):
        ensure_variable(code, OTHERS[code][0])


def specs_of(station: Station, codes: Iterable[str]) -> list[Spec]:
    """What the quality rules must know of a station's variables; one that nobody described and that is no pollutant
    has no limits."""
    wanted = sorted(codes)
    known = {variable.code: variable for variable in Variable.objects.filter(code__in=wanted)}
    return [_spec(code, known.get(code), station.habits.get(code)) for code in wanted]


def _spec(code: str, variable: Variable | None, habit: dict[str, float] | None) -> Spec:
    usual = Habit(int(habit["run"]), habit["floor"], int(habit["floor_run"])) if habit else None
    if variable is None:
        return replace(KNOWN.get(code, Spec(code)), habit=usual)
    low = -inf if variable.valid_min is None else variable.valid_min
    high = inf if variable.valid_max is None else variable.valid_max
    return Spec(code, variable.name, variable.unit, low, high, variable.is_pollutant, usual)
