"""A second, deliberately slow reading of the standards' CSVs: one value at a time, in decimals, without numpy."""

import csv
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "ingestion" / "aqi" / "standards"
GRAMS = {"no2": "46.0055", "so2": "64.066", "o3": "47.998", "co": "28.010"}
PER_UG = {"µg/m³": Decimal(1), "mg/m³": Decimal("0.001")}
PPB = {"ppb": Decimal(1), "ppm": Decimal("0.001")}


@dataclass(frozen=True)
class Sheet:
    """One CSV, as text."""

    name: str
    head: dict[str, str]
    rows: list[dict[str, str]]

    @property
    def top(self) -> int:
        return max(int(row["index_high"]) for row in self.rows)

    def table(self, key: str) -> list[dict[str, str]]:
        return [row for row in self.rows if f"{row['pollutant']}:{row['averaging']}" == key]

    @property
    def keys(self) -> list[str]:
        return list(dict.fromkeys(f"{row['pollutant']}:{row['averaging']}" for row in self.rows))


def sheets() -> list[Sheet]:
    return [_sheet(path) for path in sorted(FOLDER.glob("*.csv"))]


def _sheet(path: Path) -> Sheet:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = dict(line[1:].split(":", 1) for line in lines if line.startswith("#"))
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return Sheet(path.stem, {key.strip(): value.strip() for key, value in head.items()}, rows)


def micrograms(value: Decimal, unit: str, pollutant: str) -> float:
    """A value of the table's unit in µg/m³."""
    if unit in PER_UG:
        return float(value / PER_UG[unit])
    return float(value / PPB[unit] * Decimal(GRAMS[pollutant]) / Decimal("24.45"))


def expected(sheet: Sheet, key: str, value: Decimal) -> int | None:
    """The sub-index of a value in the table's own unit, or None where the table has no answer."""
    rows = sheet.table(key)
    step = rows[0]["step"]
    if step:
        how = ROUND_HALF_UP if sheet.head.get("concentration rounding") == "nearest" else ROUND_FLOOR
        value = (value / Decimal(step)).quantize(Decimal(1), how) * Decimal(step)
    if value < Decimal(rows[0]["low"]):
        return None
    row = [row for row in rows if Decimal(row["low"]) <= value][-1]
    return _band(row) if sheet.head["method"] == "band" else _line(sheet, row, value)


def _band(row: dict[str, str]) -> int:
    return int(row["index_low"])


def _line(sheet: Sheet, row: dict[str, str], value: Decimal) -> int:
    low, high = Decimal(row["low"]), Decimal(row["high"])
    index_low, index_high = Decimal(row["index_low"]), Decimal(row["index_high"])
    if value > high and index_high < sheet.top:
        return int(index_high)
    exact = index_low + (value - low) * (index_high - index_low) / (high - low)
    up = sheet.head.get("index rounding") == "up"
    return int(exact.quantize(Decimal("1e-12")).quantize(Decimal(1), ROUND_CEILING if up else ROUND_HALF_UP))
