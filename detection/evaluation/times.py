"""A column of times, read without guessing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from detection.digit_dates import first_digit_date

MILLISECONDS_FROM = 1e11  # a bare number this large counts milliseconds since the epoch, not seconds
LIKE = "write times like 2025-01-31 13:00:00, or as seconds since 1970"
ZONE_NAME = r"[0-9] ?[A-Za-z]{2,5}$"  # as PKT, which means several
OFFSET = "write an offset in its place, as 2025-01-31 13:00:00+05:00"


def read_times(column: pd.Series[str]) -> pd.DatetimeIndex:
    """UTC times of a column of ISO 8601 or other plain dates, or of seconds since 1970; NaT where there is none.

    Raises ValueError where no row is a time, where a day could as well be a month, or seconds a date.
    """
    numbers = pd.to_numeric(column, errors="coerce")
    found = _since_1970(numbers) if numbers.notna().mean() > 0.5 else _written(column)
    if not np.any(found.notna()):
        raise ValueError(f"No value of the column {column.name!r} can be read as a time: {LIKE}.")
    return found


def _since_1970(numbers: pd.Series[float]) -> pd.DatetimeIndex:
    if digits := first_digit_date(f"{number:.0f}" for number in numbers.dropna()):
        raise ValueError(f"{digits} in the column {numbers.name!r} may be a date or seconds since 1970: {LIKE}.")
    seconds = numbers.where(numbers.abs() < MILLISECONDS_FROM, numbers / 1000)
    seconds = seconds.where(seconds.abs() < MILLISECONDS_FROM)  # pandas stumbles over infinity, whatever `errors` says
    return pd.DatetimeIndex(pd.to_datetime(seconds, unit="s", utc=True, errors="coerce"), name="at")


def _written(column: pd.Series[str]) -> pd.DatetimeIndex:
    iso = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
    if iso.notna().mean() > 0.5:
        return pd.DatetimeIndex(iso, name="at")
    month_first, day_first = (_mixed(column, day_first=first) for first in (False, True))
    unread = column[month_first.isna()]
    if len(named := unread[unread.str.contains(ZONE_NAME, na=False)]):
        raise ValueError(f"The column {column.name!r} names zones, as {named.iloc[0]!r}: {OFFSET}.")
    differ = (month_first != day_first) & month_first.notna()
    if differ.any():
        raise ValueError(f"{column[differ].iloc[0]!r} in the column {column.name!r} may be two different days: {LIKE}.")
    return pd.DatetimeIndex(month_first, name="at")


def _mixed(column: pd.Series[str], *, day_first: bool) -> pd.Series[Any]:
    """Times in any form; NaT where there is none, or a zone's name that pandas does not know."""
    return pd.to_datetime(column, utc=True, errors="coerce", format="mixed", dayfirst=day_first)
