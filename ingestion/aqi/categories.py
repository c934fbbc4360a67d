"""What a category is called, how it looks and what each group should do, read from the CSVs beside this file.

Names and colours of a category stand in its standard's CSV; shapes and advice hang on the six levels all
share.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ingestion.aqi.standard import Category, Edition, standard

FOLDER: Final = Path(__file__).parent
DARK, LIGHT = "#000000", "#ffffff"
EVEN_CONTRAST: Final = 0.179  # relative luminance at which black and white text are equally readable (WCAG 2)


@dataclass(frozen=True)
class Level:
    """One of the six levels: a shape that needs no colour, and a colour that needs no hue."""

    level: int
    shape: str
    glyph: str
    vision_colour: str
    name_en: str
    name_ur: str


@dataclass(frozen=True)
class Group:
    """Whom an advice is for."""

    code: str
    name_en: str
    name_ur: str


@dataclass(frozen=True)
class Advice:
    """What one group should do, in both languages."""

    en: str
    ur: str


@cache
def levels() -> dict[int, Level]:
    """1 (best) to 6 → level."""
    return {
        int(r["level"]): Level(int(r["level"]), r["shape"], r["glyph"], r["vision_colour"], r["name_en"], r["name_ur"])
        for r in _rows("levels.csv")
    }


@cache
def groups() -> dict[str, Group]:
    """Code → group, in the order in which a page shows them; `everyone` first."""
    return {r["group"]: Group(r["group"], r["name_en"], r["name_ur"]) for r in _rows("groups.csv")}


@cache
def _advice() -> dict[tuple[int, str], Advice]:
    return {(int(r["level"]), r["group"]): Advice(r["en"], r["ur"]) for r in _rows("advice.csv")}


def advice(level: int, group: str = "everyone") -> Advice:
    """What `group` should do at `level` (`category(…).level`)."""
    try:
        return _advice()[level, group]
    except KeyError:
        raise ValueError(
            f"There is no advice for level {level!r} and group {group!r}. "
            f"Levels are 1 to {len(levels())}, groups {', '.join(groups())}."
        ) from None


def category(code: str, name: str) -> Category:
    """The category `name` (`unhealthy`) of the standard `code` (`us_epa`), as its newest edition has it."""
    for candidate in standard(code).latest.categories:
        if candidate.code == name:
            return candidate
    known = ", ".join(c.code for c in standard(code).latest.categories)
    raise ValueError(f"The standard {code} has no category {name!r}. It has {known}.")


def ranges(edition: Edition) -> list[tuple[Category, int, int | None]]:
    """Each category with its first and last index, for a legend; None where the scale goes on."""
    starts = [c.index_from for c in edition.categories]
    ends = [*(start - 1 for start in starts[1:]), edition.top if edition.method == "band" else None]
    return list(zip(edition.categories, starts, ends, strict=True))


def ink(colour: str) -> str:
    """Black or white, whichever is easier to read on that background (`#rrggbb`)."""
    return DARK if luminance(colour) > EVEN_CONTRAST else LIGHT


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1. Source: WCAG 2.2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rows(name: str) -> list[dict[str, str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
