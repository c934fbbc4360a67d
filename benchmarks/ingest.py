"""Row `ingest.bulk`: readings per second through the whole path, and of a bare bulk upsert of the same documents."""

import sys
from statistics import median

from benchmarks import site
from benchmarks.rows import Row, row

GOAL = 0.5  # ours / peer
BARE = ("update", "replace")  # ways of an upsert: the peer is the one that is quicker in the median


def run() -> list[Row]:
    """The row of the table; measured with a `mongod` of its own. The ratio is the median of the rounds' own ratios."""
    command = (sys.executable, "-m", "benchmarks.ingest_measure")
    rounds: list[dict[str, float]] = site.answer_of("-m", "tests.with_mongod", *command)
    for one in rounds:
        print(f"ingest.bulk: {one}", file=sys.stderr)
    bare = max(BARE, key=lambda way: median(one[way] for one in rounds))
    ours, peer = (median(one[way] for one in rounds) for way in ("ours", bare))
    ratio = median(one["ours"] / one[bare] for one in rounds)
    found = row("ingest.bulk", ours, "readings/s", f"ratio ≥ {GOAL}", ratio >= GOAL, peer=peer, digits=0)
    return [{**found, "ratio": round(ratio, 3)}]
