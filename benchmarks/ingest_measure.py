"""`python -m benchmarks.ingest_measure`: readings per second, by us and bare, in a database of its own; prints JSON.

Ours: the JSON text of an answer is read, parsed, judged, indexed and written, and listeners are told. Bare: pymongo
writes the finished documents, each an upsert by station and time, as an update and as a replacement. Ways take turns.
Each turn has a station of its own and nothing is deleted: MongoDB keeps what was deleted for five minutes and searches
through it at each insert of the same key, so that deleting between the rounds would measure mostly itself.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

READINGS = 4_000
ROUNDS = 9
Way = Callable[[str], Callable[[], object]]  # the slug of a new station → what is timed
Document = dict[str, Any]


def main() -> list[dict[str, float]]:
    """Per round, the readings per second of each way."""
    os.environ["MONGODB_NAME"] = "bench_ingest"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return list(measure())


def measure() -> Iterator[dict[str, float]]:
    from ingestion.recorded.replay import sample
    from ingestion.storing.catalogue import ensure_pollutants

    ensure_pollutants()
    ours = _whole_path([(one.at, one.values) for one in sample()[:READINGS]])
    slugs = (f"bench-{number}" for number in count())
    ours(first := next(slugs))()
    ways: dict[str, Way] = {"ours": ours} | _bare(_documents(first))
    for number in range(ROUNDS):
        order = list(ways) if number % 2 else list(ways)[::-1]
        seconds = {name: _seconds(ways[name](next(slugs))) for name in order}
        yield {name: round(READINGS / seconds[name], 1) for name in ways}


def _whole_path(hours: list[tuple[datetime, dict[str, float]]]) -> Way:
    from aqi_project import clock
    from ingestion.models import Station
    from ingestion.providers.openweather.parse import parse
    from ingestion.storing.store import store

    items = [{"dt": int(at.timestamp()), "main": {"aqi": 3}, "components": values} for at, values in hours]
    text = json.dumps({"coord": {"lon": 74.34, "lat": 31.55}, "list": items})

    def prepare(slug: str) -> Callable[[], object]:
        station = Station.objects.create(slug=slug, name=slug, provider="openweather")

        def ingest() -> None:
            parsed = parse(json.loads(text), clock.now())
            store(station, parsed.observations, parsed.rejected)

        return ingest

    return prepare


def _documents(slug: str) -> list[Document]:
    from aqi_project.mongo import collection
    from ingestion.models import Reading

    return list(collection(Reading).find({"station": slug}, {"_id": 0}))


def _bare(documents: list[Document]) -> dict[str, Way]:
    from pymongo import ReplaceOne, UpdateOne

    return {
        "update": _bulk(documents, lambda key, one: UpdateOne(key, {"$set": one}, upsert=True)),
        "replace": _bulk(documents, lambda key, one: ReplaceOne(key, one, upsert=True)),
    }


def _bulk(documents: list[Document], upsert: Callable[[Document, Document], Any]) -> Way:
    from aqi_project.mongo import collection
    from ingestion.models import Reading

    def prepare(slug: str) -> Callable[[], object]:
        upserts = [upsert({"station": slug, "at": one["at"]}, one | {"station": slug}) for one in documents]
        return lambda: collection(Reading).bulk_write(upserts, ordered=False)

    return prepare


def _seconds(timed: Callable[[], object]) -> float:
    started = time.perf_counter()
    timed()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(main()))
