"""Addresses of alerts."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from alerts.people.login import Limited
from alerts.views import acknowledge, cap, desk, inbox, receipts, subscribe

app_name = "alerts"
login = {"template_name": "alerts/login.html", "next_page": "alerts:inbox", "authentication_form": Limited}
urlpatterns = [
    path("subscribe/", subscribe.subscribe, name="subscribe"),
    path("subscribe/asked", subscribe.asked, name="asked"),
    path("subscribe/code", subscribe.code, name="code"),
    path("subscribe/confirm/<str:token>", subscribe.confirm, name="confirm"),
    path("subscribe/manage/<str:token>", subscribe.manage, name="manage"),
    path("subscribe/stop/<str:token>", subscribe.stop, name="stop"),
    path("alerts/receipts/twilio/<str:reference>", receipts.twilio, name="twilio"),
    path("alerts/receipts/sms/<str:token>", receipts.sms, name="sms-receipt"),
    path("inbox/", inbox.page, name="inbox"),
    path("inbox/login", LoginView.as_view(**login), name="login"),
    path("inbox/list", inbox.fragment, name="inbox-list"),
    path("inbox/log", desk.log, name="log"),
    path("inbox/log.csv", desk.log_csv, name="log-csv"),
    path("inbox/read", inbox.read_all, name="inbox-read-all"),
    path("inbox/<str:reference>/read", inbox.read, name="inbox-read"),
    path("inbox/alerts/<str:identifier>/acknowledge", inbox.acknowledge, name="inbox-acknowledge"),
    path("inbox/alerts/<str:identifier>/comment", desk.comment, name="inbox-comment"),
    path("inbox/alerts/<str:identifier>/silence", desk.silence, name="inbox-silence"),
    path("inbox/logout", LogoutView.as_view(next_page="alerts:login"), name="logout"),
    path("reviews/", inbox.reviews, name="reviews"),
    path("alerts/cap.atom", cap.feed, name="cap-feed"),
    path("alerts/<str:identifier>.cap.xml", cap.document, name="cap"),
    path("alerts/<str:identifier>/acknowledge/<str:token>", acknowledge.acknowledge, name="acknowledge"),
]
