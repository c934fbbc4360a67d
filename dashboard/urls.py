"""Addresses of the pages. Included last, because `<city>/<station>/` takes what others leave."""

from django.urls import path

from dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:city>/<slug:station>/", views.station, name="station"),
    path("<slug:city>/<slug:station>/now.json", views.now_json, name="now-json"),
    path("<slug:city>/<slug:station>/chart.json", views.chart_json, name="chart-json"),
    path("<slug:city>/<slug:station>/chart.html", views.chart_fragment, name="chart-fragment"),
]
