"""`/metrics` for Prometheus: the state of the whole system, read when it is asked for, and this process's own counters.

Series of stations that are not public are left out, since anybody may read this page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts.models import Delivery
from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.live import feed
from detection import audit
from detection.models import Anomaly, ModelVersion, Series
from ingestion import replay
from ingestion.models import Reading, Station

LATELY = timedelta(hours=1)


class System(Collector):
    """Gauges read from the database."""

    def collect(self) -> Iterator[Metric]:
        stations = list(Station.objects.filter(is_public=True, is_active=True))
        yield _gauge("aqi_station_age_seconds", "Since the newest reading.", "station", _ages(stations))
        yield _gauge("aqi_model_age_seconds", "Since the champion was trained.", "series", _models(stations))
        yield _gauge("aqi_received_last_hour", "Readings received in the last hour.", "doubted", _received())
        yield _gauge("aqi_anomalies_open", "Anomalies that last.", "severity", _grouped(Anomaly, "severity", end=None))
        yield _gauge("aqi_deliveries", "Deliveries of alerts.", "state", _grouped(Delivery, "state"))
        yield GaugeMetricFamily("aqi_queue_depth", "Background tasks that wait.", value=_queue())
        yield GaugeMetricFamily("aqi_audit_queue", "Requests not yet in the audit trail.", value=len(audit.trail))
        yield GaugeMetricFamily("aqi_sockets", "Browsers that listen to this process.", value=feed.listening)


def _gauge(name: str, text: str, label: str, values: Iterable[tuple[Any, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values:
        family.add_metric([str(key)], value)
    return family


def _ages(stations: list[Station]) -> Iterator[tuple[str, float]]:
    for station in stations:
        newest = collection(Reading).find_one({"station": station.slug}, {"at": 1}, sort=[("at", -1)])
        if newest:
            yield station.slug, (replay.present(station) - clock.aware(newest["at"])).total_seconds()


def _models(stations: list[Station]) -> Iterator[tuple[str, float]]:
    slugs = [station.slug for station in stations]
    for series in Series.objects.filter(station__in=slugs, is_active=True).exclude(champion=None):
        version = ModelVersion.objects.filter(series=series.key, number=series.champion)
        created_at = version.values_list("created_at", flat=True).first()
        if created_at:
            yield series.key, (clock.now() - created_at).total_seconds()


def _received() -> list[tuple[str, float]]:
    since = {"received_at": {"$gte": clock.naive(clock.now() - LATELY)}}
    readings = collection(Reading)
    doubted = readings.count_documents({**since, "flags": {"$ne": {}}})
    return [("yes", doubted), ("no", readings.count_documents(since) - doubted)]


def _grouped(model: Any, field: str, **wanted: Any) -> list[tuple[Any, float]]:
    groups = collection(model).aggregate([{"$match": wanted}, {"$group": {"_id": f"${field}", "count": {"$sum": 1}}}])
    return [(group["_id"], group["count"]) for group in groups]


def _queue() -> int:
    from django_q.brokers import get_broker

    return int(get_broker().queue_size())


registry = CollectorRegistry()
registry.register(System())


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The system's gauges, then the process's own."""
    return HttpResponse(generate_latest(registry) + generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
