"""`python -m benchmarks.alerts_measure NAME`: one measurement in a process and a database of its own; prints JSON."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import Any

ALERTS, CONTACTS = 1_000, 20
LIMIT = 1_500.0  # seconds until what is still open counts as lost
ROUNDS = 40


def main(name: str) -> dict[str, Any]:
    os.environ["MONGODB_NAME"] = f"bench_{name}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    if name == "chaos":
        from benchmarks.alerts_chaos import chaos

        return asdict(chaos(ALERTS, CONTACTS, LIMIT, life=6.0))
    from benchmarks.alerts_latency import latencies, p95

    return {"p95": p95(latencies(ROUNDS))}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
