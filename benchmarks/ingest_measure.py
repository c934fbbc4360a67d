"""`python -m benchmarks.ingest_measure`: readings per second, by us and bare, in a database of its own; prints JSON.

Ours: the JSON text of an answer is read, parsed, judged, indexed and written, and listeners are told. `upsert`: pymongo
writes the finished documents, each an upsert by station and time; `insert` is the same as plain inserts, to compare.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

READINGS = 6_000
ROUNDS = 5
SLUG = "bench"


def main() -> dict[str, float]:
    os.environ["MONGODB_NAME"] = "bench_ingest"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return measure()


def measure() -> dict[str, float]:
    from pymongo import InsertOne, UpdateOne

    from aqi_project.mongo import collection
    from ingestion.models import Reading

    ours = _whole_path()
    ours()
    documents = list(collection(Reading).find({}, {"_id": 0}))
    upserts = [UpdateOne({"station": one["station"], "at": one["at"]}, {"$set": one}, upsert=True) for one in documents]
    ways: dict[str, Callable[[], Any]] = {
        "ours": ours,
        "upsert": lambda: collection(Reading).bulk_write(upserts, ordered=False),
        "insert": lambda: collection(Reading).bulk_write([InsertOne(dict(one)) for one in documents], ordered=False),
    }
    rounds = [{name: _seconds(way) for name, way in ways.items()} for _ in range(ROUNDS)]
    return {name: round(len(documents) / median(one[name] for one in rounds), 1) for name in ways}


def _whole_path() -> Callable[[], object]:
    from aqi_project import clock
    from ingestion.catalogue import ensure_pollutants
    from ingestion.models import Station
    from ingestion.providers.openweather.parse import parse
    from ingestion.replay import sample
    from ingestion.store import store

    ensure_pollutants()
    station = Station.objects.create(slug=SLUG, name=SLUG, provider="openweather")
    hours = sample()[:READINGS]
    items = [{"dt": int(one.at.timestamp()), "main": {"aqi": 3}, "components": one.values} for one in hours]
    text = json.dumps({"coord": {"lon": 74.34, "lat": 31.55}, "list": items})

    def ours() -> None:
        parsed = parse(json.loads(text), clock.now())
        store(station, parsed.observations, parsed.rejected)

    return ours


def _seconds(way: Callable[[], object]) -> float:
    from aqi_project.mongo import collection
    from ingestion.models import Reading

    collection(Reading).delete_many({})
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(main()))
