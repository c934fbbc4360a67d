"""Officers' verdicts on anomalies, and what they say about a series' false alarms."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from aqi_project import clock
from detection.models import Anomaly

WAITING_SHOWN = 50
VERDICTS = [choice for choice in Anomaly.Review.choices if choice[0] != Anomaly.Review.NONE]


@dataclass(frozen=True)
class Share:
    """One series in one month."""

    series: str
    month: str
    reviewed: int
    false_alarms: int

    @property
    def percent(self) -> float:
        return 100 * self.false_alarms / self.reviewed


def waiting() -> list[Anomaly]:
    """Events that nobody has judged, newest first."""
    return list(Anomaly.objects.filter(review=Anomaly.Review.NONE).order_by("-start")[:WAITING_SHOWN])


def write(verdict: dict[str, Any], by: str) -> bool:
    """Note a verdict. It raises the revision: rules look again, and detection sees it."""
    values = {"review": verdict["review"], "review_note": verdict["note"], "reviewed_by": by}
    found = Anomaly.objects.filter(series=verdict["series"], start=verdict["start"])
    return bool(found.update(**values, reviewed_at=clock.now(), revision=F("revision") + 1))


def shares() -> list[Share]:
    """The share of false alarms among the reviewed events, by series and month of their start (UTC)."""
    total: Counter[tuple[str, str]] = Counter()
    false: Counter[tuple[str, str]] = Counter()
    reviewed = Anomaly.objects.exclude(review=Anomaly.Review.NONE)
    for series, start, verdict in reviewed.values_list("series", "start", "review"):
        key = (series, f"{start:%Y-%m}")
        total[key] += 1
        false[key] += verdict == Anomaly.Review.FALSE_ALARM
    newest_first = sorted(total, key=lambda key: (key[1], key[0]), reverse=True)
    return [Share(series, month, total[series, month], false[series, month]) for series, month in newest_first]
