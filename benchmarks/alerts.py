"""Rows `alerts.exactly_once` and `alerts.latency`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

LATENCY_GOAL = 3.0  # seconds


def run() -> list[dict[str, Any]]:
    """The rows of the table; see `benchmarks`. Each is measured with a `mongod` and workers of its own."""
    chaos, latency = _measure("chaos"), _measure("latency")
    wrong = chaos["lost"] + chaos["doubled"]
    p95 = round(latency["p95"], 2)
    blank = {"peer": None, "ratio": None}
    return [
        {
            "name": "alerts.exactly_once",
            "ours": wrong,
            **blank,
            "unit": "lost or doubled",
            "goal": "0",
            "met": not wrong,
        },
        {"name": "alerts.latency", "ours": p95, **blank, "unit": "s p95", "goal": "≤ 3", "met": p95 <= LATENCY_GOAL},
    ]


def _measure(name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.with_mongod", sys.executable, "-m", "benchmarks.alerts_measure", name]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    print(f"alerts {name}: {result}", file=sys.stderr)
    return result
