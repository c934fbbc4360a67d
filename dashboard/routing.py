"""WebSocket addresses. The public feed asks nobody who they are: thousands of sockets need no session."""

from channels.auth import AuthMiddlewareStack
from django.urls import path, re_path

from alerts.consumers import InboxConsumer
from aqi_project.web.consumer import NoSuchFeed
from dashboard.consumers import StationConsumer

websocket_urlpatterns = [
    path("ws/stations/<slug:station>/", StationConsumer.as_asgi()),
    path("ws/inbox/", AuthMiddlewareStack(InboxConsumer.as_asgi())),
    re_path("", NoSuchFeed.as_asgi()),
]
