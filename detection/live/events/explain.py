"""What happened, in one sentence, in English and in Urdu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from aqi_project.clock import time_of_day
from aqi_project.numerals import among_urdu
from detection.analysis.kinds import COMPARING
from detection.live.predict import RARELY, broken_limit
from detection.models import Series
from ingestion.models import Station, Variable

if TYPE_CHECKING:
    from detection.models import Anomaly

FAULTS = {
    "stuck": (
        "{name} keeps showing the same value, {value}: the sensor or its feed may be stuck.",
        "{name} ایک ہی عدد {value} دکھائے جا رہا ہے: شاید آلہ یا اس کا ڈیٹا رک گیا ہے۔",
    ),
    "dropout": (
        "{name} fell to {value}, far below anything usual: the sensor or its feed may have failed.",
        "{name} گر کر {value} پر آ گیا، جو ہر معمول سے بہت کم ہے: شاید آلہ یا اس کا ڈیٹا خراب ہے۔",
    ),
    "out_of_range": (
        "{name} shows {value}, which cannot be: the sensor or its feed is at fault.",
        "{name} کا عدد {value} ممکن نہیں: آلے یا اس کے ڈیٹا میں خرابی ہے۔",
    ),
}
USUAL = (" Usual for this hour is {lower} to {upper}.", " اس وقت عام طور پر {lower} سے {upper} ہوتا ہے۔")
LIMIT = (
    " It is beyond the limit of {limit} that is set for this sensor.",
    " یہ اس آلے کی مقررہ حد {limit} سے باہر ہے۔",
)
CHANGED = (
    " The value itself is usual; how it changed is not.",
    " عدد عام ہے، مگر اس کے بدلنے کا انداز غیر معمولی ہے۔",
)
ODD = (
    " The value itself is usual; its combination with the others is not.",
    " عدد عام ہے، مگر باقی پیمائشوں کے ساتھ یہ ملاپ غیر معمولی ہے۔",
)
RARE = (
    " Something so unusual happens about once in {days} days.",
    " ایسی غیر معمولی بات تقریباً {days} دن میں ایک بار ہوتی ہے۔",
)
SELDOM = (
    " Its record of {record} days holds nothing so unusual.",
    " اس کے {record} دن کے ریکارڈ میں ایسی غیر معمولی بات کہیں نہیں۔",
)
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
    "alone": (" Nothing else at the station moved with it.", " مقام پر اس کے ساتھ اور کچھ نہیں بدلا۔"),
    "local": (" The stations around did not see it.", " آس پاس کے مقامات پر یہ نہیں دیکھا گیا۔"),
    "widespread": (" The stations around saw it too.", " آس پاس کے مقامات پر بھی یہی دیکھا گیا۔"),
}
CORRECTED = (" Its source has corrected the value since.", " بعد میں ماخذ نے یہ عدد درست کر دیا۔")
WAS = ("{name} was {value} at {time}.", "{time} {name} کی مقدار {value} تھی۔")
LANGUAGES = ("en", "ur")  # in the order of the sentences above
LEAST_WIDTHS = (10.0, 1.0)  # of a range that is told with no decimals, with one
LONGEST = 1e9  # beyond this a number is written with its power of ten


def sentences(anomaly: Anomaly, station: Station) -> tuple[str, str]:
    """The explanation in English and Urdu. Times are in the station's zone."""
    variable = Variable.objects.filter(code=anomaly.variable).first()
    unit = variable.unit if variable else ""
    limit, decimals = _broken_limit(anomaly), _decimals(anomaly)
    numbers = {
        "value": f"{_short(anomaly.value, decimals)} {unit}".strip(),
        "limit": "" if limit is None else f"{limit:g} {unit}".strip(),
        "lower": _short(anomaly.lower, decimals),
        "upper": f"{_short(anomaly.upper, decimals)} {unit}".strip(),
        "days": f"{anomaly.days_between or 0:.0f}",
        "record": f"{anomaly.record_days or 0:.0f}",
    }
    name = variable.name if variable else anomaly.variable
    name_ur = (variable.name_ur if variable else "") or name
    numbers_ur = {each: among_urdu(text) for each, text in numbers.items()}
    english, urdu = (_time(anomaly, station, language) for language in LANGUAGES)
    return (
        _sentence(anomaly, 0, name, numbers | {"time": english}),
        _sentence(anomaly, 1, name_ur, numbers_ur | {"time": urdu}),
    )


def corrected(anomaly: Anomaly) -> tuple[str, str]:
    """The explanations of an event whose values its source has taken back."""
    return anomaly.explanation + CORRECTED[0], anomaly.explanation_ur + CORRECTED[1]


def _broken_limit(anomaly: Anomaly) -> float | None:
    """What an admin has set for the series, where the value lies beyond it."""
    series = Series.objects.filter(key=anomaly.series).first()
    return broken_limit(series, anomaly.value) if series else None


def _time(anomaly: Anomaly, station: Station, language: str) -> str:
    with translation.override(language):
        return time_of_day(anomaly.peak_at.astimezone(station.zone))


def _sentence(anomaly: Anomaly, language: int, name: str, numbers: dict[str, str]) -> str:
    if anomaly.kind in FAULTS:
        text = FAULTS[anomaly.kind][language]
    else:
        limit = LIMIT[language] if numbers["limit"] else ""
        text = WAS[language] + limit + _expected(anomaly, limit, language) + _company(anomaly, language)
    return (text + _rarity(anomaly, language)).format(name=name, **numbers)


def _rarity(anomaly: Anomaly, language: int) -> str:
    if not anomaly.record_days or (anomaly.days_between or 0) < RARELY:
        return ""
    return RARE[language] if anomaly.days_between <= anomaly.record_days else SELDOM[language]


def _company(anomaly: Anomaly, language: int) -> str:
    looks_like = anomaly.details.get("company", {}).get("looks_like")
    return COMPANY[looks_like][language] if looks_like else ""


def _expected(anomaly: Anomaly, limit: str, language: int) -> str:
    """What is usual; where the value is, what else was odd, unless a limit says enough."""
    if anomaly.lower is None:  # and upper with it
        return ""
    if not anomaly.lower <= anomaly.value <= anomaly.upper:
        return USUAL[language]
    if limit:
        return ""
    return ODD[language] if _was_compared(anomaly) else CHANGED[language]


def _was_compared(anomaly: Anomaly) -> bool:
    company = anomaly.details.get("company", {})
    has_others = company.get("companions") or company.get("neighbours")
    return bool(has_others and not COMPARING.isdisjoint(anomaly.voters))


def _decimals(anomaly: Anomaly) -> int:
    """So many that a narrow range, as temperatures have, does not begin and end with one number."""
    if anomaly.lower is None:  # and upper with it
        return 0
    width = anomaly.upper - anomaly.lower
    return next((decimals for decimals, least in enumerate(LEAST_WIDTHS) if width >= least), len(LEAST_WIDTHS))


def _short(number: float | None, decimals: int) -> str:
    """As pages write it: 7.4, 85, 1480."""
    if number is None:
        return ""
    if abs(number) >= LONGEST:
        return f"{number:.3g}"
    return f"{number:.{max(1, decimals) if abs(number) < 10 else decimals}f}"
