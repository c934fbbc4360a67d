"""Addresses of the pages. Included last, because `<city>/<station>/` takes what others leave."""

from django.urls import include, path

from dashboard import compare_views, event_views, explore_views, history_views, outlet_views, trust_views, views
from dashboard.front import front
from dashboard.metrics import metrics

app_name = "dashboard"
of_station = [
    path("", views.station, name="station"),
    path("now.json", views.now_json, name="now-json"),
    path("chart.json", views.chart_json, name="chart-json"),
    path("chart.csv", views.chart_csv, name="chart-csv"),
    path("chart.html", views.chart_fragment, name="chart-fragment"),
    path("unusual/", event_views.event_list, name="events"),
    path("unusual.csv", event_views.event_csv, name="event-csv"),
    path("unusual.rss", event_views.EventFeed(), name="event-feed"),
    path("history/", history_views.history, name="history"),
    path("history.csv", history_views.history_csv, name="history-csv"),
    path("explore/", explore_views.page, name="explore"),
    path("explore.csv", explore_views.table, name="explore-csv"),
    path("model/", trust_views.model, name="model"),
    path("text/", outlet_views.text, name="text"),
    path("picture.png", outlet_views.picture, name="picture"),
    path("data/", trust_views.data, name="data"),
    path("unusual/<str:event>/", event_views.event, name="event"),
    path("unusual/<str:event>/chart.csv", event_views.event_chart_csv, name="event-chart-csv"),
]
urlpatterns = [
    path("", front, name="home"),
    path("metrics", metrics, name="metrics"),
    path("manifest.webmanifest", outlet_views.manifest, name="manifest"),
    path("status/", trust_views.status, name="status"),
    path("worker.js", outlet_views.service_worker, name="worker"),
    path("embed/<slug:station>/", outlet_views.embed, name="embed"),
    path("kiosk/<slug:station>/", outlet_views.kiosk, name="kiosk"),
    path("<slug:city>/", compare_views.city, name="city"),
    path("<slug:city>/compare/", compare_views.side_by_side, name="compare"),
    path("<slug:city>/<slug:station>/", include(of_station)),
]
