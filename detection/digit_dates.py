"""Dates that look like seconds since 1970: digits alone (20250131, 2025013113), or a spreadsheet's days (45688.54)."""

from collections.abc import Iterable
from datetime import datetime

FORMATS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}  # by the number of digits
YEARS = range(1900, 2101)
SPREADSHEET_DAYS = (20_000.0, 80_000.0)  # days since 1899-12-30, in the years 1954 to 2119


def first_digit_date(texts: Iterable[str]) -> str | None:
    """The first of the texts where each of them could be such a date, else None.

    One may be so by chance; a column of seconds soon holds a month or a day that no calendar has, or leaves the first
    day of 1970.
    """
    first = None
    for text in texts:
        if not (is_digit_date(text) or is_spreadsheet_day(text)):
            return None
        first = first or text
    return first


def is_digit_date(text: str) -> bool:
    """Whether all digits of the text can be read as year, month, day and what may follow."""
    digits = text.strip().removesuffix(".0")
    if len(digits) not in FORMATS or not (digits.isascii() and digits.isdigit()):
        return False
    try:
        return datetime.strptime(digits, FORMATS[len(digits)]).year in YEARS  # noqa: DTZ007  any zone will do
    except ValueError:
        return False


def is_spreadsheet_day(text: str) -> bool:
    """Whether a spreadsheet that was saved without its dates' format would write a time like this."""
    first, last = SPREADSHEET_DAYS
    try:
        return first <= float(text) <= last
    except ValueError:
        return False
