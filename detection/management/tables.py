"""Rows on a terminal: as a table for people, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aqi_project.numerals import significant


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """A list of objects; times in ISO 8601 with their offset."""
    return json.dumps(list(rows), indent=1, default=_plain, ensure_ascii=False)


def as_table(rows: Sequence[Mapping[str, Any]], nothing: str) -> str:
    """Columns are those of the first row; `nothing` is said where there is none."""
    if not rows:
        return nothing
    cells = [list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return significant(value) if isinstance(value, float) else str(value)
