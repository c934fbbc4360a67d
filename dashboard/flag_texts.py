"""Why a value is in doubt, in the reader's language. Flags hold a rule and its sentence in English."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

IN_SHORT = {
    "sentinel": _("This number is how a provider writes a missing value."),
    "negative": _("A concentration cannot be below zero."),
    "out_of_range": _("It is outside what can be."),
    "zero_pair": _("PM2.5 and PM10 are both exactly 0: a missing value was sent as zero."),
    "clock_skew": _("It is stamped later than it arrived: the station's clock is ahead."),
    "repeated": _("All values are exactly those of the reading before: the same measurement was sent again."),
    "frozen": _("The value has not moved for too long: the sensor or its feed is stuck."),
    "pm_order": _("PM2.5 is more than PM10, of which it is a part: one of them is wrong."),
    "jump": _("It leapt while its relatives stood still."),
}


def why_doubted(flag: str) -> str:
    """The flag's own sentence with its numbers in English; elsewhere what the rule says in general."""
    rule, _colon, sentence = flag.partition(": ")
    if get_language() == "en" or rule not in IN_SHORT:
        return sentence or flag
    return str(IN_SHORT[rule])
