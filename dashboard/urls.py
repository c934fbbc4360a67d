"""Addresses of the pages. Included last, because `<city>/<station>/` takes what others leave."""

from django.urls import include, path

from dashboard.metrics.page import metrics
from dashboard.views import city, compare, events, explore, front, history, outlets, trust

app_name = "dashboard"
of_station = [
    path("", city.station, name="station"),
    path("now.json", city.now_json, name="now-json"),
    path("chart.json", city.chart_json, name="chart-json"),
    path("chart.csv", city.chart_csv, name="chart-csv"),
    path("chart.html", city.chart_fragment, name="chart-fragment"),
    path("unusual/", events.event_list, name="events"),
    path("unusual.csv", events.event_csv, name="event-csv"),
    path("unusual.rss", events.EventFeed(), name="event-feed"),
    path("history/", history.history, name="history"),
    path("history.csv", history.history_csv, name="history-csv"),
    path("explore/", explore.page, name="explore"),
    path("explore.csv", explore.table, name="explore-csv"),
    path("model/", trust.model, name="model"),
    path("model/detectors/", trust.detectors, name="detectors"),
    path("text/", outlets.text, name="text"),
    path("picture.png", outlets.picture, name="picture"),
    path("data/", trust.data, name="data"),
    path("unusual/<str:event>/", events.event, name="event"),
    path("unusual/<str:event>/chart.csv", events.event_chart_csv, name="event-chart-csv"),
]
urlpatterns = [
    path("", front.front, name="home"),
    path("metrics", metrics, name="metrics"),
    path("manifest.webmanifest", outlets.manifest, name="manifest"),
    path("status/", trust.status, name="status"),
    path("worker.js", outlets.service_worker, name="worker"),
    path("embed/<slug:station>/", outlets.embed, name="embed"),
    path("kiosk/", outlets.kiosk, name="kiosk-headline"),
    path("kiosk/<slug:station>/", outlets.kiosk, name="kiosk"),
    path("<slug:city>/", compare.city, name="city"),
    path("<slug:city>/compare/", compare.side_by_side, name="compare"),
    path("<slug:city>/<slug:station>/", include(of_station)),
]
