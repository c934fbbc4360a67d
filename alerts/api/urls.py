"""Addresses of alerts, reviews and subscriptions."""

from django.urls import path

from alerts.api import alerts, subscriptions

urlpatterns = [
    path("alerts", alerts.Alerts.as_view(), name="api-alerts"),
    path("alerts/<str:identifier>", alerts.OneAlert.as_view(), name="api-alert"),
    path("alerts/<str:identifier>/acknowledge", alerts.Acknowledge.as_view(), name="api-acknowledge"),
    path("anomalies/<str:identifier>/review", alerts.Review.as_view(), name="api-review"),
    path("subscriptions", subscriptions.Subscriptions.as_view(), name="api-subscribe"),
    path("subscriptions/confirm", subscriptions.Confirm.as_view(), name="api-confirm"),
    path("subscriptions/<str:token>", subscriptions.OneContact.as_view(), name="api-subscription"),
]
