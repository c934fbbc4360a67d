"""Row `ingest.bulk`: readings per second through the whole path, and of a bare bulk upsert of the same documents."""

import json
import subprocess
import sys
from typing import Any

GOAL = 0.5  # ours / peer


def run() -> list[dict[str, Any]]:
    """The row of the table; measured with a `mongod` of its own, medians of rounds taken in turn."""
    command = [sys.executable, "-m", "tests.with_mongod", sys.executable, "-m", "benchmarks.ingest_measure"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    measured: dict[str, float] = json.loads(output.splitlines()[-1])
    print(f"ingest.bulk: {measured}", file=sys.stderr)
    ours, peer = measured["ours"], measured["upsert"]
    row = {"name": "ingest.bulk", "ours": round(ours), "peer": round(peer), "ratio": round(ours / peer, 2)}
    return [{**row, "unit": "readings/s", "goal": f"ratio ≥ {GOAL}", "met": ours / peer >= GOAL}]
