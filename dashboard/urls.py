"""Addresses of the pages. Included last, because `<city>/<station>/` takes what others leave."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, include, path

from dashboard.addresses import of_station
from dashboard.metrics.page import metrics
from dashboard.views import city, compare, events, explore, front, history, outlets, trust

app_name = "dashboard"


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, of_station(view), name=name)


station_pages = [
    page("", city.station, "station"),
    page("now.json", city.now_json, "now-json"),
    page("chart.json", city.chart_json, "chart-json"),
    page("chart.csv", city.chart_csv, "chart-csv"),
    page("chart.html", city.chart_fragment, "chart-fragment"),
    page("unusual/", events.event_list, "events"),
    page("unusual.csv", events.event_csv, "event-csv"),
    page("unusual.rss", events.EventFeed(), "event-feed"),
    page("history/", history.history, "history"),
    page("history.csv", history.history_csv, "history-csv"),
    page("explore/", explore.page, "explore"),
    page("explore.csv", explore.table, "explore-csv"),
    page("model/", trust.model, "model"),
    page("model.csv", trust.model_csv, "model-csv"),
    page("model/detectors/", trust.detectors, "detectors"),
    page("text/", outlets.text, "text"),
    page("picture.png", outlets.picture, "picture"),
    page("data/", trust.data, "data"),
    page("unusual/<str:event>/", events.event, "event"),
    page("unusual/<str:event>/chart.csv", events.event_chart_csv, "event-chart-csv"),
]
urlpatterns = [
    path("", front.front, name="home"),
    path("metrics", metrics, name="metrics"),
    path("manifest.webmanifest", outlets.manifest, name="manifest"),
    path("status/", trust.status, name="status"),
    path("worker.js", outlets.service_worker, name="worker"),
    path("embed/<slug:slug>/", outlets.embed, name="embed"),
    path("kiosk/", outlets.kiosk, name="kiosk-headline"),
    path("kiosk/<slug:slug>/", outlets.kiosk, name="kiosk"),
    path("<slug:city>/", compare.city, name="city"),
    path("<slug:city>/compare/", compare.side_by_side, name="compare"),
    path("<slug:city>/compare.csv", compare.table, name="compare-csv"),
    path("<slug:city>/<slug:station>/", include(station_pages)),
]
