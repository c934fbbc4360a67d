"""Addresses of verdicts, forecasts and anomalies."""

from django.urls import path

from detection.api import views

urlpatterns = [
    path("predict", views.Predict.as_view(), name="api-predict"),
    path("predict/batch", views.PredictBatch.as_view(), name="api-predict-batch"),
    path("stations/<slug:slug>/forecast", views.Forecasts.as_view(), name="api-forecast"),
    path("anomalies", views.Anomalies.as_view(), name="api-anomalies"),
]
