"""Row `ingest.bulk`: readings per second through the whole path, and of a bare bulk upsert of the same documents."""

import json
import subprocess
import sys
from statistics import median
from typing import Any

GOAL = 0.5  # ours / peer
BARE = ("update", "replace")  # ways of an upsert: the peer is the one that is quicker in the median


def run() -> list[dict[str, Any]]:
    """The row of the table; measured with a `mongod` of its own. The ratio is the median of the rounds' own ratios."""
    command = [sys.executable, "-m", "tests.with_mongod", sys.executable, "-m", "benchmarks.ingest_measure"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rounds: list[dict[str, float]] = json.loads(output.splitlines()[-1])
    for one in rounds:
        print(f"ingest.bulk: {one}", file=sys.stderr)
    bare = max(BARE, key=lambda way: median(one[way] for one in rounds))
    ours, peer = (median(one[way] for one in rounds) for way in ("ours", bare))
    ratio = median(one["ours"] / one[bare] for one in rounds)
    row = {"name": "ingest.bulk", "ours": round(ours), "peer": round(peer), "ratio": round(ratio, 2)}
    return [{**row, "unit": "readings/s", "goal": f"ratio ≥ {GOAL}", "met": ratio >= GOAL}]
