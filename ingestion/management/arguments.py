"""Arguments of the commands, with refusals that say what to do."""

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from aqi_project import clock
from ingestion.models import Station, validate_address
from ingestion.providers.items import EARLIEST

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)")


def moment(text: str) -> datetime:
    """2025-01-01, 2025-01-01T06:00 or with an offset; UTC where none is given. No reading is older than 2000."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time. Write 2025-01-01 or 2025-01-01T06:00+05:00.") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at < EARLIEST:
        raise ArgumentTypeError(f"{text!r} is before 2000: no reading is kept from then.")
    return at


def span(text: str) -> timedelta:
    """30s, 1min, 3h or 1d."""
    found = SPAN.fullmatch(text.strip())
    try:
        length = timedelta(**{UNITS[found[2]]: float(found[1])}) if found else timedelta()
    except OverflowError:
        length = timedelta()
    if length < clock.MILLISECOND:
        raise ArgumentTypeError(f"{text!r} is no span of time. Write 30s, 1min, 3h or 1d.")
    return length


def slug(text: str) -> str:
    """The name of a station, which becomes a part of addresses."""
    try:
        found = str(Station._meta.get_field("slug").clean(text, None))
    except ValidationError:
        wanted = "Use 1 to 80 of a to z, A to Z, 0 to 9, - and _."
        raise ArgumentTypeError(f"{text!r} cannot stand in an address. {wanted}") from None
    try:
        validate_address(found)
    except ValidationError as error:
        raise ArgumentTypeError(error.messages[0]) from None
    return found


def station_called(slug: str) -> Station:
    """The station, or CommandError with those that there are."""
    found = Station.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Station.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no station {slug!r}. There are: {known}.")
    return found


def active_stations(slug: str | None) -> list[Station]:
    """The one that is named, or all; CommandError where the named one is not there or not active."""
    if slug is None:
        return list(Station.objects.filter(is_active=True))
    found = station_called(slug)
    if not found.is_active:
        raise CommandError(f"{slug} is no active station: nothing is watched there. Switch it on in the admin.")
    return [found]


def zone(text: str) -> ZoneInfo:
    """Asia/Karachi, UTC and so on."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ArgumentTypeError(f"{text!r} is no time zone. Write a name such as Asia/Karachi.") from None
