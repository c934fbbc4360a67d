"""Two versions of a series, line by line."""

from __future__ import annotations

from typing import Any

from detection.models import ModelVersion

LINES = ("created_at", "reason", "parent", "trained_from", "trained_to", "rows", "seconds", "data_hash")
PARTS = ("metrics", "parameters", "libraries")
DETAILED = ("gate", "detectors")  # told in its own sentence, and on a page of its own


def compared(older: ModelVersion, newer: ModelVersion) -> list[tuple[str, Any, Any, bool]]:
    """(what, of the older, of the newer, whether they differ)."""
    first, second = _lines(older), _lines(newer)
    names = [*first, *(name for name in second if name not in first)]
    return [(name, first.get(name), second.get(name), first.get(name) != second.get(name)) for name in names]


def _lines(version: ModelVersion) -> dict[str, Any]:
    plain = {name: getattr(version, name) for name in LINES}
    for part in PARTS:
        found = getattr(version, part)
        plain |= {f"{part}: {name}": value for name, value in found.items() if name not in DETAILED}
    return plain | {"gate": version.metrics.get("gate", {}).get("sentence", "")}
