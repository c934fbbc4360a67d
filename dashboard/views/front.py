"""`/`: the city's page for people, the state of the service for programs that ask for JSON."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from aqi_project import health
from dashboard.views import city


def front(request: HttpRequest) -> HttpResponseBase:
    accepted = request.headers.get("Accept", "")
    wants_json = "application/json" in accepted and "text/html" not in accepted
    response = health.ready(request) if wants_json else city.home(request)
    patch_vary_headers(response, ("Accept",))
    return response
