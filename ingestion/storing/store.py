"""The one way by which readings get into the database: merge, judge, compute the AQI, write.

Safe to run twice, in parallel, and to die anywhere: a reading is one document per station and time, changes are
conditional on the revision they were computed from, and whoever loses a race looks again. Flags and averages look at
the readings around: each batch counts on its station when it is done, and whoever finds that another batch was counted
meanwhile judges once more, now with both in view. A process that dies before it has counted leaves that to its rerun.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError
from pymongo import ReturnDocument

from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.observation import Observation, Rejected
from ingestion.quality.remarks import late, merge_duplicates
from ingestion.signals import readings_stored
from ingestion.storing.aside import put_aside
from ingestion.storing.catalogue import ensure_others
from ingestion.storing.judge import Judge
from ingestion.storing.rejects import keep_rejected
from ingestion.storing.timeline import Row, runs, timeline
from ingestion.storing.writing import write

BATCH = 5_000  # readings handed over at once, where there are many
ROUNDS = 12  # of looking again after another batch; more than writers at one station


class SourceChangedError(Exception):
    """The station has got another provider since it was asked: what came from the earlier one is not stored."""


@dataclass(slots=True)
class Stored:
    """What became of a batch: times of readings that are new or revised, and counts of the rest."""

    inserted: list[datetime] = field(default_factory=list)
    revised: list[datetime] = field(default_factory=list)
    unchanged: int = 0
    rejected: int = 0

    @property
    def changed(self) -> list[datetime]:
        return self.inserted + self.revised


def store(
    station: Station,
    observations: Sequence[Observation],
    rejected: Iterable[Rejected] = (),
    received_at: datetime | None = None,
) -> Stored:
    """Store a batch of one station and tell who listens. Returns what changed.

    `received_at` is given for what arrives live, so that late readings are remarked on. SourceChangedError where the
    station has been given to another provider since `station` was read.
    """
    done = Stored(rejected=keep_rejected(station, rejected))
    if not observations:
        return done
    unique, remarks = merge_duplicates(observations)
    codes = {code for one in unique for code in one.values}
    ensure_others(codes)
    judge = Judge(station, codes)
    for run in runs(unique, _far(station, judge)):
        _store_run(station, judge, run, remarks, received_at, done)
    done.unchanged = len(unique) - len(set(done.changed))
    if done.changed:
        readings_stored.send(sender=Reading, station=station.slug, first=min(done.changed), last=max(done.changed))
    return done


def _far(station: Station, judge: Judge) -> timedelta:
    return max(judge.reach.span, judge.reach.rows * station.expected_interval)


def _store_run(
    station: Station,
    judge: Judge,
    run: Sequence[Observation],
    remarks: Mapping[datetime, str],
    received_at: datetime | None,
    done: Stored,
) -> None:
    for _ in range(ROUNDS):
        batches = _batches(station)
        line = timeline(station, run, judge.reach, received_at)
        for row in line.rows:
            row.remarks = list(_remarks(row, remarks, received_at, station.expected_interval))
        judge.judge(line)
        written = write(station.slug, line.rows)
        done.inserted += written.inserted
        done.revised = list(dict.fromkeys(done.revised + written.revised))  # what lost its race is revised again
        if written.nothing or (_count(station) == batches + 1 and not written.lost):
            return
    raise IntegrityError(f"{station.slug}: {len(run)} readings lost every race; they will come again.")


def _remarks(
    row: Row, duplicates: Mapping[datetime, str], received_at: datetime | None, interval: timedelta
) -> Iterator[str]:
    if row.at in duplicates:
        yield duplicates[row.at]
    if row.stored is None and received_at is not None and (remark := late(row.at, received_at, interval)):
        yield remark


def _batches(station: Station) -> int:
    """How many batches were counted so far."""
    found = collection(Station).find_one({"slug": station.slug, "provider": station.provider}, {"batches": 1})
    if found is None:
        raise SourceChangedError(f"{station.slug} is no longer fed by {station.get_provider_display()}.")
    return int(found["batches"])


def _count(station: Station) -> int:
    """Count this batch; returns how many there are now."""
    found = collection(Station).find_one_and_update(
        {"slug": station.slug, "provider": station.provider},
        {"$inc": {"batches": 1}},
        {"batches": 1},
        return_document=ReturnDocument.AFTER,
    )
    if found is None:
        put_aside(station)
        raise SourceChangedError(f"{station.slug} is no longer fed by {station.get_provider_display()}.")
    return int(found["batches"])
