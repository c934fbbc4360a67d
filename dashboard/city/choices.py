"""What a reader can choose on the city page: whose advice comes first, and which scale counts."""

from dataclasses import dataclass

from django.utils.translation import get_language

from dashboard.city.index import edition_name
from dashboard.preferences import Preferences
from ingestion.aqi import groups, standards


@dataclass(frozen=True)
class Choice:
    """One offer: its code, its name and a sentence in the active language, and whether it is taken."""

    code: str
    name: str
    text: str
    chosen: bool


def group_choices(advice: dict[str, str], chosen: str) -> list[Choice]:
    """The five groups with their advice, in the order of the page; empty where there is no advice."""
    return [
        Choice(code, _in_language(group, "name"), advice[code], code == chosen)
        for code, group in groups().items()
        if code in advice
    ]


def scale_choices(preferences: Preferences) -> list[Choice]:
    """The standards, each with one line on why its number differs."""
    return [
        Choice(code, edition_name(one.latest), _in_language(one.latest, "why"), code == preferences.standard)
        for code, one in standards().items()
    ]


def _in_language(thing: object, field: str) -> str:
    return getattr(thing, f"{field}_ur" if get_language() == "ur" else f"{field}_en")
