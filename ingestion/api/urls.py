"""Addresses of stations and readings."""

from django.urls import path

from ingestion.api import views

urlpatterns = [
    path("cities", views.Cities.as_view(), name="api-cities"),
    path("readings", views.Push.as_view(), name="api-push"),
    path("stations", views.Stations.as_view(), name="api-stations"),
    path("stations/<slug:slug>", views.OneStation.as_view(), name="api-station"),
    path("stations/<slug:slug>/readings", views.Readings.as_view(), name="api-readings"),
    path("stations/<slug:slug>/latest", views.Latest.as_view(), name="api-latest"),
    path("stations/<slug:slug>/quality", views.Quality.as_view(), name="api-quality"),
    path("stations/<slug:slug>/aqi", views.Aqi.as_view(), name="api-aqi"),
    path("variables", views.Variables.as_view(), name="api-variables"),
]
