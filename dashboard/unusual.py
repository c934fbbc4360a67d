"""One sentence: is this value unusual for the hour and the season?"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.clock import season_text
from dashboard.expected import BandPoint
from detection.models import Anomaly
from ingestion.models import Station

TWICE = 1.75  # from here on a multiple says more than “higher”
ROUND_ABOVE = 2.5


def unusual_sentence(
    station: Station, at: datetime, value: float | None, usual: BandPoint | None, event: Anomaly | None
) -> str:
    """`value` None: missing or doubted. `usual` None: no model yet. `event`: the anomaly that still lasts."""
    if value is None:
        return _("The newest value is missing or in doubt, so we do not judge it.")
    if usual is None:
        return _("Too few readings so far to say what is usual here.")
    sentence = _comparison(value, usual) % {"moment": season_text(at, station.zone)}
    return f"{sentence} {_rarity(event)}".strip()


def _comparison(value: float, usual: BandPoint) -> str:
    if value < usual.lower:
        return _("Lower than usual for %(moment)s.")
    if value <= usual.upper:
        return _("Usual for %(moment)s.")
    times = value / usual.expected if usual.expected > 0 else 0.0
    if times < TWICE:
        return _("Higher than usual for %(moment)s.")
    if times < ROUND_ABOVE:
        return _("About twice the usual for %(moment)s.")
    return _("About %(times)d times the usual for %%(moment)s.") % {"times": round(times)}


def _rarity(event: Anomaly | None) -> str:
    if event is None or not event.days_between or event.days_between < 2:
        return ""
    days = round(event.days_between)
    return ngettext(
        "As unusual as this: about once in %(days)d day.", "As unusual as this: about once in %(days)d days.", days
    ) % {"days": days}
