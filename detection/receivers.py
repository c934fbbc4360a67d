"""Detection listens to ingestion, and the models' lifecycle to the scoring of readings."""

from typing import Any

from django.dispatch import receiver
from django_q.tasks import async_task

from aqi_project.mongo import collection
from aqi_project.queue.memory import before_fork
from detection.live import stale_neighbours
from detection.models import (
    Anomaly,
    DriftReport,
    Forecast,
    ModelVersion,
    MonthlyRecord,
    Outcome,
    Promotion,
    ProviderForecast,
    Series,
    ShadowForecast,
    TrainingRun,
)
from detection.signals import unusable
from detection.versions import artifacts
from ingestion.signals import readings_stored, station_renamed

OWNED = (ModelVersion, Forecast, ShadowForecast, Promotion, TrainingRun, DriftReport, Outcome, MonthlyRecord)


@receiver(readings_stored)
def score_what_is_new(sender: Any, station: str, **kwargs: Any) -> None:
    """Scoring is the worker's: it needs the fitted detectors."""
    for slug in (station, *stale_neighbours.unsettle_neighbours(station, kwargs["first"], kwargs["last"])):
        async_task("detection.tasks.score_station", slug, group="score")


@receiver(before_fork)
def open_champions(sender: Any, **kwargs: Any) -> None:
    """The worker's processes share the models that they start with."""
    from detection.live import warm

    warm.open_champions()


@receiver(unusable)
def train_anew(sender: Any, series: Series, why: str, **kwargs: Any) -> None:
    """It comes up in the worker alone: the web process does not load what trainings need."""
    from detection.lifecycle.training import triggers

    triggers.replace_unusable(series, why)


@receiver(station_renamed)
def follow_rename(sender: Any, old: str, new: str, **kwargs: Any) -> None:
    """What was learnt from a station's readings goes with them. Done again it goes on where it was interrupted."""
    collection(ProviderForecast).update_many({"station": old}, {"$set": {"station": new}})
    either = {"station": {"$in": [old, new]}}
    series, anomalies = collection(Series), collection(Anomaly)
    for variable in {*series.distinct("variable", either), *anomalies.distinct("variable", either)}:
        was, now = f"{old}/{variable}", f"{new}/{variable}"
        series.update_one({"key": was}, {"$set": {"station": new, "key": now}})
        anomalies.update_many({"series": was}, {"$set": {"station": new, "series": now}})
        for owned in OWNED:
            collection(owned).update_many({"series": was}, {"$set": {"series": now}})
        artifacts.moved(was, now)  # after their versions: artifacts without one are cleared away
