"""Why nothing comes, in the reader's language. The sentence that a poll has left is English, for admins."""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ingestion.models import Station
from ingestion.providers.errors import Kind

KINDS = {
    Kind.UNAUTHORIZED: _("%(source)s does not let us in: its key has to be checked."),
    Kind.REFUSED: _("%(source)s refuses the request: the station's settings have to be checked."),
    Kind.RATE_LIMITED: _("%(source)s allows no more requests for now; it is asked again later."),
    Kind.UNAVAILABLE: _("%(source)s does not work at the moment; it is asked again later."),
    Kind.TIMEOUT: _("%(source)s has not answered in time; it is asked again later."),
    Kind.MALFORMED: _("%(source)s sent an answer that cannot be used."),
    Kind.NOT_STORED: _("What %(source)s sent could not be stored."),
}


def what_went_wrong(station: Station) -> str:
    """The first line in English, as the rest is for the log; elsewhere its kind. Empty after a poll that went well."""
    if not station.is_active:
        return gettext("This station is switched off.")
    said = station.last_poll_error.partition("\n")[0]
    sentence = KINDS.get(station.last_poll_failure)
    if get_language() == "en" or not said or sentence is None:
        return said
    return str(sentence % {"source": station.get_provider_display()})
