"""What happened, in one sentence, in English and in Urdu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from aqi_project.daytime import time_of_day
from ingestion.models import Station, Variable

if TYPE_CHECKING:
    from detection.models import Anomaly

RARELY = 2.0  # days: what is more frequent is not called rare
RAREST = 365.0  # days: more would claim to know longer than the readings reach back
FAULTS = {
    "stuck": (
        "{name} has shown the same value, {value}, for hours: the sensor or its feed may be stuck.",
        "{name} کئی گھنٹوں سے ایک ہی عدد {value} دکھا رہا ہے: شاید آلہ رک گیا ہے۔",
    ),
    "dropout": (
        "{name} fell to {value}, far below anything usual: the sensor or its feed may have failed.",
        "{name} اچانک {value} پر آ گیا: شاید آلہ خراب ہے۔",
    ),
    "out_of_range": (
        "{name} shows {value}, which cannot be: the sensor or its feed is at fault.",
        "{name} کا عدد {value} ممکن نہیں: آلے میں خرابی ہے۔",
    ),
}
USUAL = (" Usual for this hour is {lower} to {upper}.", " اس وقت عام طور پر {lower} سے {upper} ہوتا ہے۔")
ODD = (
    " The value itself is usual; its combination with the others is not.",
    " عدد عام ہے، مگر باقی گیسوں کے ساتھ یہ ملاپ غیر معمولی ہے۔",
)
RARE = (" Something as rare comes about once in {days} days.", " ایسا تقریباً {days} دن میں ایک بار ہوتا ہے۔")
SELDOM = (" Something as rare comes less than once a year.", " ایسا سال میں ایک بار بھی نہیں ہوتا۔")
COMPANY = {
    "dust": (
        " PM10 rose and the gases did not: it looks like dust.",
        " پی ایم 10 بڑھا مگر گیسیں نہیں: یہ گرد لگتی ہے۔",
    ),
    "smoke": (
        " What comes from burning rose too: it looks like smoke.",
        " جلنے سے نکلنے والی چیزیں بھی بڑھیں: یہ دھواں لگتا ہے۔",
    ),
    "traffic": (" Other exhaust gases rose too.", " گاڑیوں کی دوسری گیسیں بھی بڑھیں۔"),
    "alone": (" Nothing else at the station moved with it.", " باقی سب اپنی جگہ رہا۔"),
    "local": (" The stations around did not see it.", " آس پاس کے مقامات پر یہ نہیں دیکھا گیا۔"),
    "widespread": (" The stations around saw it too.", " آس پاس کے مقامات پر بھی یہی دیکھا گیا۔"),
}
CORRECTED = (" Its source has corrected the value since.", " بعد میں ماخذ نے یہ عدد درست کر دیا۔")
WAS = ("{name} was {value} at {time}.", "{time} {name} کی مقدار {value} تھی۔")
LANGUAGES = ("en", "ur")  # in the order of the sentences above


def sentences(anomaly: Anomaly, station: Station) -> tuple[str, str]:
    """The explanation in English and Urdu. Times are in the station's zone."""
    variable = Variable.objects.filter(code=anomaly.variable).first()
    unit = variable.unit if variable else ""
    numbers = {
        "value": f"{_short(anomaly.value)} {unit}".strip(),
        "lower": _short(anomaly.lower),
        "upper": f"{_short(anomaly.upper)} {unit}".strip(),
        "days": f"{anomaly.days_between or 0:.0f}",
    }
    name = variable.name if variable else anomaly.variable
    name_ur = (variable.name_ur if variable else "") or name
    english, urdu = (numbers | {"time": _time(anomaly, station, language)} for language in LANGUAGES)
    return _sentence(anomaly, 0, name, english), _sentence(anomaly, 1, name_ur, urdu)


def corrected(anomaly: Anomaly) -> tuple[str, str]:
    """The explanations of an event whose values its source has taken back."""
    return anomaly.explanation + CORRECTED[0], anomaly.explanation_ur + CORRECTED[1]


def _time(anomaly: Anomaly, station: Station, language: str) -> str:
    with translation.override(language):
        return time_of_day(anomaly.peak_at.astimezone(station.zone))


def _sentence(anomaly: Anomaly, language: int, name: str, numbers: dict[str, str]) -> str:
    if anomaly.kind in FAULTS:
        text = FAULTS[anomaly.kind][language]
    else:
        text = WAS[language] + _expected(anomaly, language) + _company(anomaly, language)
    return (text + _rarity(anomaly, language)).format(name=name, **numbers)


def _rarity(anomaly: Anomaly, language: int) -> str:
    days = anomaly.days_between or 0
    if days < RARELY:
        return ""
    return RARE[language] if days <= RAREST else SELDOM[language]


def _company(anomaly: Anomaly, language: int) -> str:
    looks_like = anomaly.details.get("company", {}).get("looks_like")
    return COMPANY[looks_like][language] if looks_like else ""


def _expected(anomaly: Anomaly, language: int) -> str:
    if anomaly.lower is None or anomaly.upper is None:
        return ""
    return ODD[language] if anomaly.lower <= anomaly.value <= anomaly.upper else USUAL[language]


def _short(number: float | None) -> str:
    """As pages write it: 7.4, 85, 1480."""
    return "" if number is None else f"{number:.1f}" if abs(number) < 10 else f"{number:.0f}"
