"""What officers' verdicts on events change.

A false alarm beyond those that a series accepts raises the bar for the next month. What was a true event or a fault of
the sensor is left out of trainings: it must not be learnt as usual. A false alarm stays in: it was usual.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from aqi_project import clock
from detection.calibration.rate import DAYS_A_MONTH, RateKeeper
from detection.models import Anomaly, Series
from detection.signals import anomalies_changed
from ingestion import replay
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

NOT_USUAL = (Anomaly.Review.TRUE, Anomaly.Review.SENSOR_FAULT)


def judge(events: QuerySet[Anomaly], review: str, by: str, note: str | None = None) -> int:
    """Note a verdict on events; returns on how many. Their revision rises, so that alerts look again."""
    touched = set(events.values_list("series", "station"))
    noted = {} if note is None else {"review_note": note}
    count = events.update(review=review, reviewed_by=by, reviewed_at=clock.now(), revision=F("revision") + 1, **noted)
    for key, station in touched:
        heed(key)
        anomalies_changed.send(sender=Anomaly, station=station)
    return int(count)


def heed(key: str) -> None:
    """Bring the bar of a series to what was judged lately."""
    series = Series.objects.filter(key=key).first()
    station = Station.objects.filter(slug=series.station).first() if series else None
    if series and station:
        since = replay.present(station) - timedelta(days=DAYS_A_MONTH)
        false = Anomaly.objects.filter(series=key, review=Anomaly.Review.FALSE_ALARM, start__gt=since).count()
        bar = strictness(series.false_alarms_per_month, false)
        Series.objects.filter(key=key).exclude(strictness=bar).update(strictness=bar)


def strictness(accepted: float, false_alarms: int) -> float:
    """Powers of ten by which an alarm must be rarer after a month with so many false alarms, 0 or more.

    Few verdicts never lower the bar: what nobody judged was not confirmed.
    """
    return max(0.0, RateKeeper(accepted).after(DAYS_A_MONTH, false_alarms).offset)


def usual_only(frame: pd.DataFrame, series: Series) -> pd.DataFrame:
    """A copy without the series' values during events that were judged real or a fault of the sensor."""
    judged = Anomaly.objects.filter(series=series.key, review__in=NOT_USUAL)
    clean = frame.copy()
    for start, last in judged.values_list("start", "last_at"):
        clean.loc[start:last, series.variable] = float("nan")
    return clean
