"""Lists in the order of names, as a reader looks for them."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from django.utils.translation import get_language

# Unicode numbers the letters that Arabic has not, such as ٹ and پ, behind all others.
URDU = "آاأبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہھءئیے"
PLACES = {letter: chr(ord("\u0600") + place) for place, letter in enumerate(URDU)}


class HasName(Protocol):
    def name_in(self, language: str) -> str: ...


Thing = TypeVar("Thing", bound=HasName)


def by_name(things: Iterable[Thing]) -> list[Thing]:
    """By their names in the active language; names in other letters first."""
    language = get_language() or "en"
    return sorted(things, key=lambda thing: "".join(PLACES.get(one, one) for one in thing.name_in(language).casefold()))
