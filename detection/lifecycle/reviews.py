"""What officers' verdicts on events change.

What was a true event or a fault of the sensor no longer counts against the asked rate of alarms, and is left out of
trainings: it must not be learnt as usual. A false alarm stays in: it was usual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from aqi_project import clock
from detection.live import alarm_rate
from detection.models import Anomaly, Series
from detection.signals import anomalies_changed

if TYPE_CHECKING:
    import pandas as pd


def judge(events: QuerySet[Anomaly], review: str, by: str, note: str | None = None) -> int:
    """Note a verdict on events; returns on how many. Their revision rises, so that alerts look again."""
    touched = set(events.values_list("series", "station"))
    noted = {} if note is None else {"review_note": note}
    count = events.update(review=review, reviewed_by=by, reviewed_at=clock.now(), revision=F("revision") + 1, **noted)
    for key, station in touched:
        alarm_rate.hold(key)
        anomalies_changed.send(sender=Anomaly, station=station)
    return int(count)


def usual_only(frame: pd.DataFrame, series: Series) -> pd.DataFrame:
    """A copy without the series' values during events that were judged real or a fault of the sensor."""
    judged = Anomaly.objects.filter(series=series.key, review__in=Anomaly.CONFIRMED)
    clean = frame.copy()
    for start, last in judged.values_list("start", "last_at"):
        clean.loc[start:last, series.variable] = float("nan")
    return clean
