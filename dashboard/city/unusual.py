"""In a sentence: is this value unusual for the hour and the season, and was anything so lately?"""

from datetime import datetime

from django.utils.translation import get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from aqi_project.numerals import among_urdu
from dashboard.city.expected import Rarity, is_modelled
from dashboard.city.scene import Scene
from dashboard.numbers import number_text
from dashboard.times import season_text
from detection.live.band import BandPoint
from detection.live.predict import RARELY
from ingestion.models import Station, Variable

TWICE = 1.75  # from here on a multiple says more than “higher”
ROUND_ABOVE = 2.5
TOO_FEW = gettext_lazy("Too few readings so far to say what is usual here.")


def unusual_sentence(
    station: Station,
    at: datetime,
    value: float | None,
    usual: BandPoint | None,
    rarity: Rarity,
    variable: Variable | None,
) -> str:
    """`value` None: missing or doubted. `usual` None: no model yet."""
    if value is None:
        return _("The newest value is missing or in doubt, so we do not judge it.")
    if usual is None:
        return str(TOO_FEW)
    words = {"moment": season_text(at, station.zone), "more": "", "times": 0}
    if variable is not None and not variable.is_pollutant:
        more = f"{number_text(value - usual.expected)} {variable.unit}".strip()
        words["more"] = among_urdu(more) if get_language_bidi() else more
    elif usual.expected > 0:
        words["times"] = round(value / usual.expected)
    sentence = _comparison(value, usual, counted=not words["more"]) % words
    return f"{sentence} {_rarity(value, usual, rarity)}".strip()


def nothing_lately(scene: Scene, *, stale: bool) -> str:
    """What is said where no unusual event is known: that there was none only where somebody would know of it."""
    if not any(is_modelled(f"{scene.station.slug}/{code}") for code in scene.variables):
        return str(TOO_FEW)
    if stale:
        return _("Nothing unusual in the 30 days before the newest reading.")
    return _("Nothing unusual in the last 30 days.")


def _comparison(value: float, usual: BandPoint, *, counted: bool) -> str:
    """`counted`: a multiple means something, as it does of concentrations; twice 10 °C is no more than 10 °C warmer."""
    if value < usual.lower:
        return _("Lower than usual for %(moment)s.")
    if value <= usual.upper:
        return _("Usual for %(moment)s.")
    if not counted:
        return _("About %(more)s above the usual for %(moment)s.")
    times = value / usual.expected if usual.expected > 0 else 0.0
    if times < TWICE:
        return _("Higher than usual for %(moment)s.")
    if times < ROUND_ABOVE:
        return _("About twice the usual for %(moment)s.")
    return _("About %(times)d times the usual for %(moment)s.")


def _rarity(value: float, usual: BandPoint, rarity: Rarity) -> str:
    """Said of what lies outside the usual range, and of events that last."""
    days, record = rarity
    if days < RARELY or usual.lower <= value <= usual.upper:
        return ""
    if days > record:
        return _("The record of %(days)d days holds no value so far from usual.") % {"days": round(record)}
    return ngettext(
        "A value so far from usual comes about once in %(days)d day.",
        "A value so far from usual comes about once in %(days)d days.",
        round(days),
    ) % {"days": round(days)}
