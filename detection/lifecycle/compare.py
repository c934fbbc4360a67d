"""Two versions of a series, line by line."""

from __future__ import annotations

from typing import Any

from detection.lifecycle.phrases import translated
from detection.models import ModelVersion
from detection.names import FIELDS

LINES = ("created_at", "parent", "trained_from", "trained_to", "rows", "seconds", "data_hash")
PARTS = ("metrics", "parameters", "libraries")
DETAILED = ("gate", "detectors")  # told in its own sentence, and on a page of its own


def compared(older: ModelVersion, newer: ModelVersion) -> list[tuple[str, Any, Any, bool]]:
    """(what, of the older, of the newer, whether they differ), in the reader's language."""
    first, second = _lines(older), _lines(newer)
    names = [*first, *(name for name in second if name not in first)]
    return [(name, first.get(name), second.get(name), first.get(name) != second.get(name)) for name in names]


def _lines(version: ModelVersion) -> dict[str, Any]:
    plain = {str(FIELDS["reason"]): version.get_reason_display()}
    plain |= {str(FIELDS[name]): getattr(version, name) for name in LINES}
    for part in PARTS:
        found = getattr(version, part)
        plain |= {f"{FIELDS[part]}: {name}": value for name, value in found.items() if name not in DETAILED}
    return plain | {str(FIELDS["verdict"]): translated(version.metrics.get("gate", {}).get("sentence", ""))}
