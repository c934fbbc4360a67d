"""WebSocket addresses. The public feed asks nobody who they are: thousands of sockets need no session."""

from channels.auth import AuthMiddlewareStack
from django.urls import path

from alerts.consumers import InboxConsumer
from dashboard.consumers import StationConsumer

websocket_urlpatterns = [
    path("ws/stations/<slug:station>/", StationConsumer.as_asgi()),
    path("ws/inbox/", AuthMiddlewareStack(InboxConsumer.as_asgi())),
]
