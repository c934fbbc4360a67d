"""Numbers as people read them."""

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from aqi_project.numerals import among_urdu, significant
from ingestion.models import Variable

DECIMAL_BELOW = 10
DECIMAL_OF_OTHERS_BELOW = 100  # of a machine that runs at 64 to 76 °C, the tenths tell what happens
DIGITS_OF_SMALL = 2  # of a vibration of 0.021 mm/s one decimal would tell nothing


def number_text(value: float | None, variable: Variable | None = None) -> str:
    """Three digits are enough for a reader: 7.4, 85, 1,480; 69.4 and 0.021 of a `variable` that is no pollutant."""
    if value is None:
        return "–"
    is_fine = variable is not None and not variable.is_pollutant
    if is_fine and 0 < abs(value) < 1:
        return significant(value, DIGITS_OF_SMALL)
    return f"{value:z.1f}" if abs(value) < (DECIMAL_OF_OTHERS_BELOW if is_fine else DECIMAL_BELOW) else f"{value:z,.0f}"


def range_text(low: float, high: float, variable: Variable | None = None) -> str:
    """“29–148”; in words where a sign would stand beside the dash: “-7.7 to -5.5”."""
    ends = [number_text(end, variable) for end in (low, high)]
    if low >= 0:
        return "–".join(ends)
    start, end = map(among_urdu, ends) if get_language_bidi() else ends
    return _("%(low)s to %(high)s") % {"low": start, "high": end}
