"""What a city is called before an administrator says so: as `cities.csv` has it, else in English as its slug says."""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "cities.csv"


@cache
def known() -> dict[str, dict[str, str]]:
    """Slug → `name` and `name_ur`."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row.pop("slug"): row for row in csv.DictReader(file)}


def names_of(slug: str) -> dict[str, str]:
    return known().get(slug.lower()) or {"name": slug.replace("-", " ").replace("_", " ").title(), "name_ur": ""}
