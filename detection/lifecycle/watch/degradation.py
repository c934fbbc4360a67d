"""Have a champion's forecasts become worse than they were? Last week's record beside that of the four weeks before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from detection.lifecycle.watch.records import SUMS, added, share_read
from detection.models import Outcome, Series

LATELY, BEFORE = timedelta(days=7), timedelta(days=28)
FEWEST = 48  # forecasts on either side, to speak of degradation; fewer where readings are further apart
FEWEST_HOURS = 12  # compared of each, of the 24 that NEXT_DAY has
WORSE = 1.5  # times the usual share of persistence's error
NO_BETTER = 1.0  # error ÷ persistence's: up to there a model is still worth having
LEAST_COVERAGE = 0.8  # of the 95 % range over LATELY
NEXT_DAY = ("1-1", "2-6", "7-24")


@dataclass(frozen=True)
class Lately:
    """A week of a day's forecasts: error ÷ persistence's, how many times as much as before, share inside the range."""

    beside_persistence: float
    times: float
    covered: float

    @property
    def worse(self) -> bool:
        return self.times > WORSE and self.beside_persistence > NO_BETTER

    @property
    def uncovered(self) -> bool:
        return self.covered < LEAST_COVERAGE

    def tests(self) -> list[dict[str, Any]]:
        """For the drift report: has what the model learnt changed? They ask for a training by themselves.

        The errors have two rows that fire together, since one beyond its threshold is not enough.
        """
        from detection.drift import Test  # brings pandas

        rows = (
            Test("errors", self.times, WORSE, self.worse, decides=False),
            Test("errors beside persistence's", self.beside_persistence, NO_BETTER, self.worse, decides=False),
            Test("coverage", self.covered, LEAST_COVERAGE, self.uncovered, decides=False),
        )
        return [asdict(row) for row in rows]


def lately(series: Series, now: datetime) -> Lately | None:
    """None where too few forecasts can be judged."""
    week = _total(series.key, now - LATELY, now)
    before = _total(series.key, now - LATELY - BEFORE, now - LATELY)
    share = share_read(series.station)  # of a day's hours, and of the forecasts: one is issued a reading
    if min(week["count"], before["count"]) < FEWEST * FEWEST_HOURS * share**2:
        return None
    was, now_is = (sums["error"] / max(sums["persistence"], 1e-9) for sums in (before, week))
    return Lately(now_is, now_is / max(was, 1e-9), week["inside"] / week["count"])


def degradation(series: Series, now: datetime) -> str:
    """A sentence where the champion's forecasts of a day have become worse than they were; empty where not."""
    found = lately(series, now)
    if found and found.worse:
        return f"The error of a day's forecasts is {found.times:.1f} times what it was, beside persistence's."
    if found and found.uncovered:
        return f"Only {100 * found.covered:.0f} % of the last week's readings lay inside the 95 % range."
    return ""


def _total(key: str, start: datetime, end: datetime) -> dict[str, float]:
    """Sums over a day's hours ahead of the forecasts issued in a span."""
    found = Outcome.objects.filter(series=key, issued_at__gt=start, issued_at__lte=end)
    sums = added(found.values_list("groups", flat=True))
    return {name: sum(sums[hours][name] for hours in NEXT_DAY if hours in sums) for name in SUMS}
