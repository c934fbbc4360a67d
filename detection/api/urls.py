"""Addresses of verdicts, forecasts, models and anomalies."""

from django.urls import path

from detection.api import series_records, versions, views

urlpatterns = [
    path("predict", views.Predict.as_view(), name="api-predict"),
    path("predict/batch", views.PredictBatch.as_view(), name="api-predict-batch"),
    path("stations/<slug:slug>/forecast", views.Forecasts.as_view(), name="api-forecast"),
    path("models", versions.Models.as_view(), name="api-models"),
    path("models/<slug:slug>/<slug:variable>", versions.OneModel.as_view(), name="api-model"),
    path("models/<slug:slug>/<slug:variable>/versions", series_records.Versions.as_view(), name="api-versions"),
    path("models/<slug:slug>/<slug:variable>/promote", versions.Promote.as_view(), name="api-promote"),
    path("models/<slug:slug>/<slug:variable>/rollback", versions.Rollback.as_view(), name="api-rollback"),
    path("models/<slug:slug>/<slug:variable>/runs", series_records.Runs.as_view(), name="api-runs"),
    path("models/<slug:slug>/<slug:variable>/drift", series_records.Drift.as_view(), name="api-drift"),
    path("models/<slug:slug>/<slug:variable>/scores", series_records.Scores.as_view(), name="api-scores"),
    path("anomalies", views.Anomalies.as_view(), name="api-anomalies"),
    path("anomalies/<str:identifier>", views.OneAnomaly.as_view(), name="api-anomaly"),
]

# Addresses of the usual anomaly service, so that its clients move over by changing the host.
compatible = [
    path("predict", views.Predict.as_view(schema=None)),
    path("predict/batch", views.PredictBatch.as_view(schema=None)),
    path("model/info", versions.ModelInfo.as_view()),
]
