"""Addresses of alerts."""

from django.urls import path

from alerts.views import acknowledge, cap, receipts, subscribe

app_name = "alerts"
urlpatterns = [
    path("subscribe/", subscribe.subscribe, name="subscribe"),
    path("subscribe/asked", subscribe.asked, name="asked"),
    path("subscribe/code", subscribe.code, name="code"),
    path("subscribe/confirm/<str:token>", subscribe.confirm, name="confirm"),
    path("subscribe/manage/<str:token>", subscribe.manage, name="manage"),
    path("subscribe/stop/<str:token>", subscribe.stop, name="stop"),
    path("alerts/receipts/twilio/<str:reference>", receipts.twilio, name="twilio"),
    path("alerts/cap.atom", cap.feed, name="cap-feed"),
    path("alerts/<str:identifier>.cap.xml", cap.document, name="cap"),
    path("alerts/<str:identifier>/acknowledge/<str:token>", acknowledge.acknowledge, name="acknowledge"),
]
