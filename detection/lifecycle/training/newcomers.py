"""What no version watches yet: once it has sent enough, it gets a series and a first training."""

from __future__ import annotations

from aqi_project.mongo import collection
from detection.lifecycle.training import runs
from detection.lifecycle.training.fitting import ensure_series
from detection.lifecycle.training.triggers import may_train
from detection.models import Reason, Series, TrainingRun
from ingestion.models import Reading, Station
from ingestion.newest import newest_at

WHY = "It has sent enough to learn from, and no version serves it."


def adopt(slug: str) -> list[TrainingRun]:
    """Ask for the first trainings that are due at a station; returns their runs."""
    now = newest_at(slug)
    if now is None or not _unserved(slug):
        return []
    waiting = [one for one in ensure_series(Station.objects.get(slug=slug)) if one.is_active and one.champion is None]
    return [runs.request(series, Reason.FIRST, WHY) for series in waiting if may_train(series, now, Reason.FIRST)]


def _unserved(slug: str) -> set[str]:
    """What the newest reading holds and no version serves. Nearly always nothing, and then no history is read."""
    newest = collection(Reading).find_one({"station": slug}, {"values": 1}, sort=[("at", -1)])
    served = Series.objects.filter(station=slug).exclude(is_active=True, champion=None)
    return set(newest["values"] if newest else ()) - set(served.values_list("variable", flat=True))
