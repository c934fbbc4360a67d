"""WebSocket addresses."""

websocket_urlpatterns = []
