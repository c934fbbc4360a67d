"""WebSocket addresses."""

from django.urls import path

from dashboard.consumers import StationConsumer

websocket_urlpatterns = [path("ws/stations/<slug:station>/", StationConsumer.as_asgi())]
