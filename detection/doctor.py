"""Can the models serve, and for how long?"""

from collections.abc import Iterator
from datetime import timedelta

from aqi_project.doctor import Finding, notice, well, wrong
from detection.live import serving
from detection.models import Series
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError
from ingestion.models import Station
from ingestion.stations.present import present

ENDS_SOON = timedelta(days=3)


def models_are_fresh() -> Iterator[Finding]:
    """One finding for each active series that is not well."""
    stations = {station.slug: station for station in Station.objects.filter(is_active=True)}
    watched = Series.objects.filter(is_active=True, station__in=list(stations))
    sick = [finding for series in watched for finding in _series(series, stations[series.station])]
    yield from sick
    if not sick:
        yield well(f"{watched.count()} series have a model that serves.")


def _series(series: Series, station: Station) -> Iterator[Finding]:
    train = f"Run manage.py train {series.station}."
    if series.training_error:
        yield notice(f"{series.key}: the last training failed: {series.training_error}", train)
    if series.champion is None:
        yield wrong(f"{series.key} has no model.", train)
        return
    try:
        artifacts.check(series.key, series.champion)
    except ArtifactError as error:
        yield wrong(str(error), f"{train} After a new SECRET_KEY: set SECRET_KEY_FALLBACKS (docs/operate.md).")
    band = serving.champion(series.key).band
    if band and band.end - present(station) < ENDS_SOON:
        yield wrong(f"{series.key}: the model's range ends on {band.end:%Y-%m-%d %H:%M} UTC.", train)
