"""Why a provider gave nothing, in the reader's language. A station keeps the sentence for its admin, in English."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ingestion.models import Station

SOURCE, STATUS, SECONDS = r"(?P<source>.{1,40}?)", r"\((?P<status>\d+)", r"(?P<seconds>[\d.]+) s\."
SENT = _("%(source)s sent an answer that cannot be used.")
UNKNOWN_PLACE = _("%(source)s does not know this station: its place or reference has to be checked.")
APART = "\u2066\u2069"  # from left to right, whatever is around
# The first that fits is taken; what none of them fits is shown as it came.
KINDS = [
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (
            rf"Not asked: it failed .+?, next try in {SECONDS} The last failure: (?P<last>.+)",
            _("It is asked again in %(seconds)s seconds, after this failure: %(last)s"),
        ),
        (
            rf"Not asked: {SOURCE} allows .+; the next turn is in {SECONDS}",
            _("%(source)s allows no more requests for now; the next turn is in %(seconds)s seconds."),
        ),
        (
            rf"Not asked: the database that counts requests to {SOURCE} does not answer\.",
            _("%(source)s is not asked, because our database does not answer."),
        ),
        (
            rf"{SOURCE} does not accept the key {STATUS}\)\. Check the setting (?P<setting>\w+)\.",
            _("%(source)s does not accept the key (%(status)s): the setting %(setting)s has to be checked."),
        ),
        (rf"{SOURCE} does not accept the key {STATUS}", _("%(source)s does not let us in (%(status)s).")),
        (
            rf"{SOURCE} says that it was asked too often {STATUS}",
            _("%(source)s says that it was asked too often (%(status)s); it is asked again later."),
        ),
        (rf"{SOURCE} refuses the request {STATUS}", _("%(source)s refuses the request (%(status)s).")),
        (
            rf"{SOURCE} answers from another address {STATUS}",
            _("%(source)s has another address now (%(status)s)."),
        ),
        (
            rf"{SOURCE} does not work at the moment {STATUS}",
            _("%(source)s does not work at the moment (%(status)s); it is asked again later."),
        ),
        (rf"{SOURCE} has not answered within {SECONDS}", _("%(source)s has not answered within %(seconds)s seconds.")),
        (rf"{SOURCE} cannot be reached", _("%(source)s cannot be reached over the network.")),
        (rf"{SOURCE} cannot be asked\.", _("%(source)s cannot be asked: its settings have to be checked.")),
        (rf"{SOURCE} (needs a place|knows places by number|lists no sensor)", UNKNOWN_PLACE),
        (rf"{SOURCE} (sent|answered for) ", SENT),
        (rf"The answer of {SOURCE} for .+ could not be read", SENT),
        (r"Its readings could not be stored", _("Its readings could not be stored.")),
    )
]


def what_went_wrong(station: Station) -> str:
    """The first line alone, because the rest is for the log; empty where the last poll went well."""
    return in_words(station.last_poll_error.partition("\n")[0])


def in_words(error: str) -> str:
    """`error` itself in English; elsewhere its kind, with the parts that readers can use.

    What is of no known kind stands apart, because its direction need not be the page's.
    """
    if get_language() == "en" or not error:
        return error
    for pattern, sentence in KINDS:
        if found := pattern.match(error):
            parts = found.groupdict()
            return str(sentence) % (parts | {"last": in_words(parts.get("last") or "")})
    return f"{APART[0]}{error}{APART[1]}"
