"""WebSocket addresses."""

from django.urls import path

from alerts.consumers import InboxConsumer
from dashboard.consumers import StationConsumer

websocket_urlpatterns = [
    path("ws/stations/<slug:station>/", StationConsumer.as_asgi()),
    path("ws/inbox/", InboxConsumer.as_asgi()),
]
