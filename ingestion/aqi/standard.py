"""The standards: each edition is one CSV in `standards/`, read once. Adding one is adding a file."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingestion.aqi.table import Table, table

FOLDER: Final = Path(__file__).parent / "standards"
DEFAULT: Final = "us_epa"
AVERAGINGS: Final = ("nowcast", "24h", "8h", "1h", "15min")


@dataclass(frozen=True)
class Category:
    """What an index is called from `index_from` on. `level`, 1 (best) to 6, picks shape and advice."""

    code: str
    index_from: int
    level: int
    colour: str
    name_en: str
    name_ur: str


@dataclass(frozen=True)
class Edition:
    """One dated edition of a standard, as its CSV has it."""

    code: str
    name: str
    name_ur: str
    edition: str
    in_force_from: datetime
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    why_en: str
    why_ur: str
    method: str
    completeness: float
    minimum: int
    one_of: tuple[str, ...]
    top: int
    categories: tuple[Category, ...]
    rows: tuple[dict[str, str], ...] = field(repr=False)
    tables: tuple[Table, ...] = field(repr=False)

    def name_in(self, language: str) -> str:
        return self.name_ur if language == "ur" else self.name


@dataclass(frozen=True)
class Standard:
    """All known editions of one standard, oldest first."""

    code: str
    editions: tuple[Edition, ...]

    @property
    def latest(self) -> Edition:
        """The newest known edition."""
        return self.editions[-1]

    @property
    def starts(self) -> NDArray[np.datetime64]:
        """When each edition came into force, naive UTC."""
        return np.array([e.in_force_from.replace(tzinfo=None) for e in self.editions], dtype="datetime64[us]")

    @property
    def keys(self) -> dict[str, Table]:
        """Every pollutant and averaging period that an edition knows."""
        return {table.key: table for edition in self.editions for table in edition.tables}


@cache
def standards() -> dict[str, Standard]:
    """Code → standard for every CSV of the folder, the default first. Read once per process."""
    editions = sorted((read_edition(path) for path in FOLDER.glob("*.csv")), key=lambda e: e.in_force_from)
    codes = sorted({e.code for e in editions}, key=lambda code: (code != DEFAULT, code))
    return {code: Standard(code, tuple(e for e in editions if e.code == code)) for code in codes}


def standard(code: str) -> Standard:
    """The standard of that code (`us_epa`); a ValueError names those that exist."""
    try:
        return standards()[code]
    except KeyError:
        raise ValueError(f"There is no AQI standard {code!r}. Known: {', '.join(standards())}.") from None


def read_edition(path: Path) -> Edition:
    """Reads one CSV: `# key: value` lines, then rows of breakpoints. docs/aqi.md describes the format."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            header.setdefault(key.strip(), []).append(value.strip())
    rows = tuple(csv.DictReader(line for line in lines if not line.startswith("#")))
    try:
        return _edition(header, rows)
    except (KeyError, ValueError) as error:
        raise ValueError(f"The AQI standard {path.name} cannot be read: {error!r}. See docs/aqi.md.") from error


def _edition(header: dict[str, list[str]], rows: tuple[dict[str, str], ...]) -> Edition:
    one = {key: values[0] for key, values in header.items()}
    top = max(int(row["index_high"]) for row in rows)
    return Edition(
        code=one["code"],
        name=one["name"],
        name_ur=one["name_ur"],
        edition=one["edition"],
        in_force_from=datetime.fromisoformat(one["in force from"]).replace(tzinfo=UTC),
        sources=tuple(header["source"]),
        notes=tuple(header.get("note", [])),
        why_en=one["why_en"],
        why_ur=one["why_ur"],
        method=one["method"],
        completeness=float(one["completeness"]),
        minimum=int(one.get("minimum pollutants", "1")),
        one_of=tuple(one.get("one of", "").split()),
        top=top,
        categories=tuple(_category(value) for value in header["category"]),
        rows=rows,
        tables=_tables(rows, one, top),
    )


def _one_of(value: str, *allowed: str) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value


def _category(line: str) -> Category:
    code, index_from, level, colour, name_en, name_ur = (part.strip() for part in line.split(",", 5))
    return Category(code, int(index_from), int(level), colour, name_en, name_ur)


def _tables(rows: tuple[dict[str, str], ...], one: dict[str, str], top: int) -> tuple[Table, ...]:
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        _one_of(row["averaging"], *AVERAGINGS)
        groups.setdefault((row["pollutant"], row["averaging"]), []).append(row)
    method = _one_of(one["method"], "linear", "band")
    rounding = _one_of(one.get("concentration rounding", "down"), "down", "nearest")
    index_rounding = _one_of(one.get("index rounding", "nearest"), "nearest", "up")
    return tuple(table(group, method, rounding, index_rounding, top) for group in groups.values())
