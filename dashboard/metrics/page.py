"""`/metrics` for Prometheus: the state of the whole system, read when it is asked for, and this process's own counters.

Series of stations that are not public are left out, since anybody may read this page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.brokers import get_broker
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard.live import feed
from dashboard.metrics import figures
from detection import audit
from detection.models import Series
from ingestion.models import Station


class System(Collector):
    """Gauges read from the database."""

    def collect(self) -> Iterator[Metric]:
        stations = {one.slug: one for one in Station.objects.filter(is_public=True, is_active=True)}
        series = list(Series.objects.filter(station__in=list(stations), is_active=True))
        yield _gauge("aqi_station_age_seconds", "Since the newest reading.", "station", figures.ages(stations))
        yield _gauge("aqi_station_interval_seconds", "Between readings.", "station", figures.intervals(stations))
        yield _gauge("aqi_model_age_seconds", "Since the champion was trained.", "series", figures.models(series))
        yield _gauge("aqi_drift", "Newest check: 0 stable, 1 watched, 2 drift.", "series", figures.drift(series))
        yield _gauge("aqi_received_last_hour", "Readings of the last hour.", "doubted", figures.received())
        yield _gauge("aqi_doubted_last_hour", "Doubted values of the last hour.", "rule", figures.doubted())
        yield _gauge("aqi_anomalies_open", "Anomalies that last.", "severity", figures.anomalies())
        yield _gauge("aqi_deliveries", "Deliveries of alerts.", "state", figures.deliveries())
        yield GaugeMetricFamily("aqi_queue_depth", "Background tasks that wait.", value=get_broker().queue_size())
        yield GaugeMetricFamily("aqi_audit_queue", "Requests not yet in the audit trail.", value=len(audit.trail))
        yield GaugeMetricFamily("aqi_sockets", "Browsers that listen to this process.", value=feed.listening)


def _gauge(name: str, text: str, label: str, values: Iterable[tuple[Any, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values:
        family.add_metric([str(key)], value)
    return family


registry = CollectorRegistry()
registry.register(System())


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The system's gauges, then the process's own."""
    return HttpResponse(generate_latest(registry) + generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
