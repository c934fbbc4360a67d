"""The verdict on one value: a look-up and arithmetic, no Django and no pandas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from aqi_project.numerals import among_urdu, digits_for, significant
from detection.calibration.tail import usual_share
from detection.live.band import Band, BandPoint

RARELY = 2.0  # days: of what is more frequent it is not said how rare it is
USUAL = (
    "{name} of {value} is usual for this time ({lower} to {upper}).",
    "{name} {value} اس وقت کے لیے عام ہے ({lower} سے {upper})۔",
)
OUTSIDE = (
    "{name} of {value} is outside the usual {lower} to {upper}, but not rare enough for an anomaly.",
    "{name} {value} عام حد {lower} سے {upper} سے باہر ہے، مگر اتنا نایاب نہیں۔",
)
UNUSUAL = (
    "{name} of {value} is unusual: {lower} to {upper} is usual for this time.",
    "{name} {value} غیر معمولی ہے: اس وقت {lower} سے {upper} عام ہے۔",
)
RARE = (
    UNUSUAL[0] + " A value so far from usual comes about once in {days} days.",
    UNUSUAL[1] + " معمول سے اتنا فرق تقریباً {days} دن میں ایک بار ہوتا ہے۔",
)
RAREST = (
    UNUSUAL[0] + " Its record of {record} days holds no value so far from usual.",
    UNUSUAL[1] + " اس کے {record} دن کے ریکارڈ میں معمول سے اتنا فرق کہیں نہیں۔",
)
LIMIT = (
    "{name} of {value} is beyond the limit of {limit} that is set for this sensor.",
    "{name} {value} اس آلے کی مقررہ حد {limit} سے باہر ہے۔",
)


class HardLimits(Protocol):
    """What an admin has set for a series."""

    @property
    def hard_min(self) -> float | None: ...

    @property
    def hard_max(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What is an anomaly in a series: rarer than once in so many days, or beyond a hard limit."""

    alarm_days: float
    hard_min: float | None
    hard_max: float | None
    points_per_day: float


class Verdict(NamedTuple):
    """What is said of one value. `breach` is the hard limit that it broke, if any.

    It was counted in a record of `record_days` how rare the value is; `days_between` beyond that is extrapolated.
    """

    expected: BandPoint
    value: float
    days_between: float
    record_days: float
    score: float
    is_anomaly: bool
    breach: float | None

    @property
    def deviation(self) -> float:
        """How far above (or, negative, below) the expected value it is, in the variable's unit."""
        return self.value - self.expected.expected


def judge(band: Band, limits: Limits, point: BandPoint, value: float) -> Verdict:
    """The verdict on `value` at the time of `point`, which is the band's."""
    days = band.tail.days_between(band.distance(point, value))
    breach = broken_limit(limits, value)
    share = usual_share(days, limits.points_per_day)
    return Verdict(point, value, days, band.tail.days, share, breach is not None or days >= limits.alarm_days, breach)


def broken_limit(limits: HardLimits, value: float) -> float | None:
    """The hard limit that the value lies beyond."""
    if limits.hard_max is not None and value > limits.hard_max:
        return limits.hard_max
    if limits.hard_min is not None and value < limits.hard_min:
        return limits.hard_min
    return None


def sentence(verdict: Verdict, name: str, unit: str, language: int = 0) -> str:
    """The verdict for people, in English (0) or Urdu (1)."""
    point = verdict.expected
    digits = digits_for(point.lower, point.upper)
    numbers = {
        "value": f"{significant(verdict.value, digits + 1)} {unit}".strip(),
        "lower": significant(point.lower, digits),
        "upper": f"{significant(point.upper, digits)} {unit}".strip(),
        "limit": f"{significant(verdict.breach or 0, digits + 1)} {unit}".strip(),
        "days": f"{verdict.days_between:.0f}",
        "record": f"{verdict.record_days:.0f}",
    }
    if language:
        numbers = {each: among_urdu(text) for each, text in numbers.items()}
    return _texts(verdict)[language].format(name=name, **numbers)


def _texts(verdict: Verdict) -> tuple[str, str]:
    if verdict.breach is not None:
        return LIMIT
    if verdict.is_anomaly and verdict.days_between < RARELY:
        return UNUSUAL
    if verdict.is_anomaly:
        return RARE if verdict.days_between <= verdict.record_days else RAREST
    return USUAL if verdict.expected.lower <= verdict.value <= verdict.expected.upper else OUTSIDE
