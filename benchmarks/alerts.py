"""Rows `alerts.exactly_once` and `alerts.latency`."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks import site
from benchmarks.rows import Row, at_most, row

LATENCY_GOAL = 3.0  # seconds


def run() -> list[Row]:
    """The rows of the table; see `benchmarks`. Each is measured with a `mongod` and workers of its own."""
    chaos, latency = _measure("chaos"), _measure("latency")
    wrong = chaos["lost"] + chaos["doubled"]
    return [
        row("alerts.exactly_once", wrong, "lost or doubled", "0", not wrong),
        at_most("alerts.latency", latency["p95"], "s p95", LATENCY_GOAL),
    ]


def _measure(name: str) -> dict[str, Any]:
    command = (sys.executable, "-m", "benchmarks.alerts_measure", name)
    result: dict[str, Any] = site.answer_of("-m", "tests.with_mongod", *command)
    print(f"alerts {name}: {result}", file=sys.stderr)
    return result
