"""The WHO air quality guidelines of 2021."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "who_2021.csv"


@dataclass(frozen=True)
class Guideline:
    """One guideline level, µg/m³, over its averaging period (`24h`, `8h`, `year`, `season`)."""

    pollutant: str
    averaging: str
    level: float
    note: str


@cache
def guidelines() -> dict[tuple[str, str], Guideline]:
    """(pollutant, averaging period) → guideline. Read once per process."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = (
        Guideline(row["pollutant"], row["averaging"], float(row["level"]), row["note"]) for row in csv.DictReader(lines)
    )
    return {(g.pollutant, g.averaging): g for g in rows}
