"""What a table answers that is asked for what is not there: where a page shows what there is, a table refuses."""

from collections.abc import Collection
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aqi_project.api import body
from ingestion.models import Station


def unknown_pollutant(
    request: HttpRequest, station: Station, there: Collection[str], year: int | None = None
) -> HttpResponse | None:
    """A sentence with what there is (in that year); None where nothing, or one of those, is asked for."""
    wanted = request.GET.get("pollutant", "")
    if not wanted or wanted in there:
        return None
    text = _("%(station)s has no readings of '%(wanted)s'. It has: %(there)s.")
    if year:
        text = _("%(station)s has no readings of '%(wanted)s' in %(year)d. It has: %(there)s.")
    name = station.name_in(get_language() or "en")
    said = {"station": name, "wanted": wanted, "there": ", ".join(there), "year": year}
    if request.path.endswith(".json"):
        return JsonResponse(body("not_found", text % said, "pollutant"), status=HTTPStatus.NOT_FOUND)
    return HttpResponse(text % said + "\n", "text/plain; charset=utf-8", HTTPStatus.NOT_FOUND)
