"""The admin shows and takes times by the clock on the wall of whoever works there."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from alerts import inbox

ADMIN = "/admin/"
View = Callable[[HttpRequest], HttpResponse]


def of_the_admin(get_response: View) -> View:
    """Middleware: the zone of the account's contact. Pages of stations have their stations' zones, the API has UTC."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ADMIN) or not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(inbox.zone_of(request.user)):
            return get_response(request)

    return respond
