"""One sentence: is this value unusual for the hour and the season?"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.times import season_text
from detection.live.band import BandPoint
from ingestion.models import Station

TWICE = 1.75  # from here on a multiple says more than “higher”
ROUND_ABOVE = 2.5
RARE = 2.0  # days: what is more frequent is not called rare
MOST_DAYS = 365  # more would claim to know longer than the readings reach back


def unusual_sentence(station: Station, at: datetime, value: float | None, usual: BandPoint | None, days: float) -> str:
    """`value` None: missing or doubted. `usual` None: no model yet. `days`: as unusual as once in so many."""
    if value is None:
        return _("The newest value is missing or in doubt, so we do not judge it.")
    if usual is None:
        return _("Too few readings so far to say what is usual here.")
    sentence = _comparison(value, usual) % {"moment": season_text(at, station.zone)}
    return f"{sentence} {_rarity(value, usual, days)}".strip()


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


def _rarity(value: float, usual: BandPoint, days: float) -> str:
    """Said of what lies outside the usual range, and of events that last."""
    if days < RARE or usual.lower <= value <= usual.upper:
        return ""
    count = min(round(days), MOST_DAYS)
    words = ngettext(
        "So far from usual about once in %(days)d day.", "So far from usual about once in %(days)d days.", count
    )
    return words % {"days": count}
