"""The WHO air quality guidelines of 2021 and how many times over them a concentration is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ingestion.aqi.table import Floats

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


def who_multiple(pollutant: str, concentration: ArrayLike, averaging: str = "24h") -> Floats:
    """How many times the guideline a concentration is (µg/m³ over that period); NaN for NaN and negative."""
    guideline = guidelines().get((pollutant, averaging))
    if guideline is None:
        known = ", ".join(f"{p} ({a})" for p, a in guidelines())
        raise ValueError(f"The WHO has no {averaging} guideline for {pollutant!r}. It has {known}.")
    values = np.asarray(concentration, dtype=np.float64)
    return np.where(values >= 0, values / guideline.level, np.nan)
