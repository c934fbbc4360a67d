"""Telling MLflow (MLFLOW_TRACKING_URI) of trainings: a run for each, a registered version, the champion's alias.

It is told afterwards, from the rows, by a task of its own: no training waits for MLflow or fails with it, and what it
could not be told is told later.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q

from detection.lifecycle import mlflow_run
from detection.models import ModelVersion, Series, TrainingRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)
AT_ONCE = 20  # runs that one call tells of
CHAMPION = "champion"
QUICK = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def tell() -> int:
    """Tell MLflow of the oldest ended runs that it does not know, and of new champions; returns of how many runs."""
    if not settings.MLFLOW_TRACKING_URI:
        return 0
    for name, value in QUICK.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient

    client, told = MlflowClient(settings.MLFLOW_TRACKING_URI, settings.MLFLOW_TRACKING_URI), 0
    try:
        for run in TrainingRun.objects.filter(state__in=TrainingRun.ENDED, mlflow_run="").order_by("pk")[:AT_ONCE]:
            TrainingRun.objects.filter(pk=run.pk).update(mlflow_run=_tell_of(client, run))
            told += 1
        if told < AT_ONCE:  # MLflow knows all versions
            _tell_champions(client)
    except Exception as error:  # noqa: BLE001  whatever MLflow's client raises: the next call tries again
        log.warning("MLflow was not told: %s", error)
    return told


def _tell_of(client: MlflowClient, run: TrainingRun) -> str:
    """Its id in MLflow. A run that was told of in part, before a crash, is completed."""
    version = ModelVersion.objects.filter(series=run.series, number=run.version).defer("band", "calibration").first()
    new = run.state == TrainingRun.State.DONE
    told = mlflow_run.run_of(client, run)
    mlflow_run.describe(client, told, run, version if new else None)
    if version and new:
        mlflow_run.register(client, told, version)
    return str(told.info.run_id)


def _tell_champions(client: MlflowClient) -> None:
    """A champion that MLflow has no run of, from before it was asked to keep them, has no alias."""
    behind = Q(mlflow_champion=None) | ~Q(mlflow_champion=F("champion"))
    for series in Series.objects.filter(behind).exclude(champion=None):
        known = mlflow_run.registered(client, series.key, series.champion)
        if known:
            client.set_registered_model_alias(mlflow_run.model_name(series.key), CHAMPION, known)
        Series.objects.filter(pk=series.pk).update(mlflow_champion=series.champion)
