"""The five groups of the advice, as a page offers them."""

from dataclasses import dataclass

from django.utils.translation import get_language

from ingestion.aqi import groups


@dataclass(frozen=True)
class Choice:
    """One group: its code, name and advice in the active language, and whether the reader belongs to it."""

    code: str
    name: str
    advice: str
    chosen: bool


def group_choices(advice: dict[str, str], chosen: str) -> list[Choice]:
    """In the order of the page; empty where there is no advice."""
    urdu = get_language() == "ur"
    return [
        Choice(code, group.name_ur if urdu else group.name_en, advice[code], code == chosen)
        for code, group in groups().items()
        if code in advice
    ]
