"""Challengers that watch beside the champion: they foretell the same hours, and the better one serves afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from detection import frames
from detection.models import ModelVersion, Promotion, Series
from detection.registry import SYSTEM, RegistryError, promote
from ingestion.models import Station


def conclude(station: str) -> list[Promotion]:
    """Judge the challengers of a station whose days are over; returns who began to serve."""
    now = frames.newest_at(station)
    if now is None:
        return []
    watching = Series.objects.filter(station=station, is_active=True, shadow_days__gt=0).exclude(challenger=None)
    found = [_conclude(series, now) for series in watching]
    return [row for row in found if row is not None]


def _conclude(series: Series, now: datetime) -> Promotion | None:
    version = ModelVersion.objects.filter(series=series.key, number=series.challenger).defer("band").first()
    if version is None or not version.metrics.get("gate", {}).get("passed"):
        return None
    if now - version.trained_to < timedelta(days=series.shadow_days):
        return None
    passed, sentence = _judged(series, version, now)
    try:
        if passed:
            return promote(series, version.number, who=SYSTEM, why=f"{series.shadow_days:g} days beside: {sentence}")
    except RegistryError as error:
        sentence = str(error)
    Series.objects.filter(key=series.key, challenger=series.challenger).update(challenger=None, training_error=sentence)
    return None


def _judged(series: Series, version: ModelVersion, now: datetime) -> tuple[bool, str]:
    """Both models' forecasts of the days since the challenger was trained, which neither has seen."""
    from detection import artifacts, gate, held_out

    station = Station.objects.get(slug=series.station)
    frame = frames.load(series.station, version.trained_to - held_out.LOOK_BACK, now)
    models = {"challenger": version.number, "champion": series.champion}
    try:
        loaded = {name: artifacts.load_forecaster(series.key, number) for name, number in models.items()}
    except artifacts.ArtifactError as error:
        return False, str(error)
    if loaded["challenger"] is None:
        return False, f"Version {version.number} has no forecaster to watch with."
    errors = held_out.errors_of(
        frame, version.trained_to, series.variable, station.expected_interval, station.timezone, loaded
    )
    decision = gate.decide(errors)
    return decision.passed, decision.sentence
