"""What a drift check answers: a verdict, every test behind it, and how to say it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from aqi_project.numerals import significant

Verdict = Literal["stable", "watch", "drift"]

# what a test found → (English, Urdu); of several that fired the first one decides
SENTENCES: dict[str, tuple[str, str]] = {
    "units": (
        "The values of {name} look as if their unit had changed: about {factor} times the usual.",
        "لگتا ہے {name} کی اکائی بدل گئی ہے: معمول سے تقریباً {factor} گنا۔",
    ),
    "step": (
        "The level of {name} jumped to about {factor} times its former level around {since}.",
        "{since} کے قریب {name} کی سطح پہلے سے تقریباً {factor} گنا ہو گئی۔",
    ),
    "step_against_companions": (
        "{name} moved away from the other series to about {factor} times its former level around {since}.",
        "{since} کے قریب {name} باقی سلسلوں سے الگ ہو کر تقریباً {factor} گنا ہو گیا۔",
    ),
    "level": (
        "The level of {name} has left everything the last four weeks held: about {factor} times the usual.",
        "{name} کی سطح پچھلے چار ہفتوں سے باہر ہے: معمول سے تقریباً {factor} گنا۔",
    ),
    "level_against_neighbours": (
        "{name} has left the level of the neighbouring stations: about {factor} times what they tell of.",
        "{name} قریبی اسٹیشنوں کی سطح سے ہٹ گیا ہے: ان کے حساب سے تقریباً {factor} گنا۔",
    ),
    "level_against_companions": (
        "{name} has left the level that the other series tell of: about {factor} times the usual.",
        "{name} باقی سلسلوں کے حساب سے اپنی سطح چھوڑ چکا ہے: معمول سے تقریباً {factor} گنا۔",
    ),
    "noise": (
        "{name} jumps from hour to hour otherwise than before.",
        "{name} کا گھنٹہ بہ گھنٹہ اتار چڑھاؤ پہلے جیسا نہیں رہا۔",
    ),
    "extremes": (
        "{name} brings values far outside everything seen before at their hour of the day.",
        "{name} کی قدریں دن کے ان گھنٹوں میں پہلے کی تمام حدوں سے بہت باہر ہیں۔",
    ),
    "missing": ("Much more of {name} is missing than before.", "{name} کی بہت زیادہ قدریں غائب ہیں۔"),
    "watch": (
        "{name} differs from its reference, which a season can explain; the next check will tell.",
        "{name} پہلے سے مختلف ہے، شاید موسم کی وجہ سے؛ اگلی جانچ بتائے گی۔",
    ),
    "stable": ("{name} behaves as it did before.", "{name} پہلے جیسا ہے۔"),
}
ORDER = tuple(SENTENCES)
# the same of what no multiple is told of: temperatures, counts, states
UNCOUNTED: dict[str, tuple[str, str]] = {
    "step": (
        "The level of {name} jumped around {since}.",
        "{since} کے قریب {name} کی سطح اچانک بدل گئی۔",
    ),
    "step_against_companions": (
        "{name} moved away from the other series around {since}.",
        "{since} کے قریب {name} باقی سلسلوں سے الگ ہو گیا۔",
    ),
    "level": (
        "The level of {name} has left everything the last four weeks held.",
        "{name} کی سطح پچھلے چار ہفتوں سے باہر ہے۔",
    ),
    "level_against_companions": (
        "{name} has left the level that the other series tell of.",
        "{name} باقی سلسلوں کے حساب سے اپنی سطح چھوڑ چکا ہے۔",
    ),
    "level_against_neighbours": (
        "{name} has left the level of the neighbouring stations.",
        "{name} قریبی اسٹیشنوں کی سطح سے ہٹ گیا ہے۔",
    ),
}
LEVELS = (*UNCOUNTED, "units")  # tests that find another level: what is older misleads


@dataclass(frozen=True)
class Test:
    """One test. `decides` tells whether it can give the verdict drift, or only watch."""

    __test__ = False

    name: str
    statistic: float
    threshold: float
    fired: bool
    decides: bool
    p_value: float | None = None

    @classmethod
    def above(cls, name: str, statistic: float, threshold: float, *, decides: bool) -> Test:
        """One that fires where its statistic is above its threshold."""
        return cls(name, statistic, threshold, statistic > threshold, decides)


@dataclass(frozen=True)
class DriftResult:
    """The answer for one series. `since` and `factor` (new level ÷ old) are None where no test gives them."""

    variable: str
    verdict: Verdict
    reason: str
    since: pd.Timestamp | None
    factor: float | None
    tests: tuple[Test, ...]

    def sentences(self, name: str, name_ur: str, *, counted: bool = True) -> tuple[str, str]:
        """The verdict in English and Urdu, by the names that people know the variable by.

        `counted`: that a level is so many times another says something, as it does of concentrations. Where no
        multiple is known, none is told.
        """
        factor, since = significant(self.factor or 1.0, 2), f"{self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        english, urdu = (SENTENCES if counted and self.factor else SENTENCES | UNCOUNTED)[self.reason]
        words = {"factor": factor, "since": since}
        return english.format(name=name, **words), urdu.format(name=name_ur, **words)

    def table(self) -> list[dict[str, Any]]:
        """One plain dict for each test."""
        return [asdict(test) for test in self.tests]

    def test(self, name: str) -> Test:
        return next(test for test in self.tests if test.name == name)
