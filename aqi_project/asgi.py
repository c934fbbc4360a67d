"""ASGI entry point: HTTP goes to Django, WebSockets to the live feed."""

import os

import django

from aqi_project.errors import ConfigurationError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
try:
    django.setup(set_prefix=False)
    from aqi_project.checks import refuse_insecure_production

    refuse_insecure_production()
except ConfigurationError as error:
    raise SystemExit(f"Cannot start: {error}") from None

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from aqi_project.web import daphne_http, daphne_websocket
from aqi_project.web.handler import Handler
from dashboard.routing import websocket_urlpatterns

daphne_http.install()
daphne_websocket.install()
application = ProtocolTypeRouter(
    {
        "http": Handler(),
        "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
    }
)
