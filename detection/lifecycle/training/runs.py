"""Training runs: asked for, claimed, done in a process of their own with a time limit, and never lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError
from django_q.tasks import async_task

from aqi_project import clock
from aqi_project.queue import claims
from detection.lifecycle.training.process import AGAIN, Fresh, Trainer
from detection.models import Series, TrainingRun
from detection.versions.registry import SYSTEM
from ingestion.newest import newest_at

LIMIT = timedelta(minutes=8)  # below the worker's own limit for a task
CLAIM = timedelta(seconds=60)  # renewed while the training lives; after a kill the next may start so soon
RENEW = timedelta(seconds=15)
MOST_ATTEMPTS = 2
FORGOTTEN = timedelta(minutes=2)  # a run that waits longer is sent to the worker again
State = TrainingRun.State


def request(
    series: Series, reason: str, why: str, *, who: str = SYSTEM, window_starts_at: datetime | None = None
) -> TrainingRun:
    """Ask for a training; the worker does it. One that already waits for the same series is answered instead."""
    run, is_new = ask(series, reason, why, who=who, window_starts_at=window_starts_at)
    if is_new:
        send(run)
    return run


def ask(
    series: Series, reason: str, why: str, *, who: str, window_starts_at: datetime | None = None
) -> tuple[TrainingRun, bool]:
    """The series' waiting run, and whether it is new. Of those who ask at once one adds it, by a unique index."""
    given = {"reason": reason, "why": why, "who": who, "window_starts_at": window_starts_at}
    given["data_until"] = newest_at(series.station)
    waiting = {"series": series.key, "state": State.QUEUED}
    try:
        return TrainingRun.objects.get_or_create(**waiting, defaults=given)
    except IntegrityError:  # what waited when it was to be added has begun since
        return TrainingRun.objects.get_or_create(**waiting, defaults=given)


def withdraw(asked: Iterable[TrainingRun]) -> None:
    """Take back what has not begun. It leaves no row: a training that never was is no reason for the next to wait.

    Who asked for the same meanwhile was answered one of these, and has to ask again. What a worker does goes on.
    """
    for run in asked:
        unwritten = TrainingRun.objects.filter(pk=run.pk, version=None)
        unwritten.filter(state=State.QUEUED).delete()
        if claimed := claim(run.series):  # or it was called begun, and its process never started
            unwritten.filter(state__in=TrainingRun.OPEN).delete()
            claimed.release()


def send(run: TrainingRun) -> None:
    async_task("detection.tasks.train", str(run.pk), group="train")


def execute(run_id: str, limit: timedelta = LIMIT, trainer: Callable[[str], Trainer] = Fresh) -> bool:
    """Do a run, unless it is done or its series is being trained; returns whether this call did it."""
    run = TrainingRun.objects.filter(pk=run_id, state__in=TrainingRun.OPEN).first()
    claimed = claim(run.series) if run else None
    if run is None or claimed is None:
        return False
    started = {"state": State.RUNNING, "attempts": run.attempts + 1, "started_at": clock.now()}
    try:
        if TrainingRun.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts).update(**started):
            _supervise(run, claimed, trainer(run_id), limit)
            return True
    finally:
        claimed.release()
    return False


@dataclass
class Claim:
    """The right to train a series until a moment, which is its token too: whoever takes it later names a later one."""

    key: str
    until: datetime

    def renew(self) -> bool:
        """Hold it for CLAIM from now; False where it is another's, because this process slept for too long."""
        until = clock.now() + CLAIM
        held = self._set(until)
        self.until = until
        return held

    def release(self) -> None:
        self._set(None)

    def _set(self, until: datetime | None) -> bool:
        mine = Series.objects.filter(key=self.key, training_claimed_until=self.until)
        return bool(mine.update(training_claimed_until=until))


def claim(key: str) -> Claim | None:
    """The right of this process, and no other, to train the series for CLAIM from now."""
    now = clock.now()
    taken = Claim(key, now + CLAIM)
    free = claims.free("training_claimed_until", now, CLAIM)
    return taken if Series.objects.filter(free, key=key).update(training_claimed_until=taken.until) else None


def _supervise(run: TrainingRun, claimed: Claim, trainer: Trainer, limit: timedelta) -> None:
    """Wait until the process ends; whatever it did not write down itself is written here."""
    try:
        code, late = _watched(claimed, trainer, limit)
    except BaseException:  # as where the database is away: the claim ends, and the next one would train beside it
        trainer.kill()
        raise
    said = trainer.last_words()
    if code not in (0, AGAIN) and claimed.renew():  # else the run is with whoever has the claim now, or next
        fail(run, _why_it_ended(code, limit if late else None), said)


def _watched(claimed: Claim, trainer: Trainer, limit: timedelta) -> tuple[int, bool]:
    """Renew the claim until the process ends: its exit code, and whether it was ended for taking too long."""
    began, late = time.monotonic(), False
    while (code := trainer.ended(RENEW.total_seconds())) is None:
        late = time.monotonic() - began > limit.total_seconds()
        if late or not claimed.renew():
            trainer.kill()
    return code, late


def _why_it_ended(code: int, limit: timedelta | None) -> str:
    if limit is not None:
        return f"The training took longer than {limit} and was ended."
    return f"The training's process was killed (signal {-code})." if code < 0 else f"It ended with code {code}."


def fail(run: TrainingRun, outcome: str, traceback: str = "") -> None:
    """Write a failure down, unless the run has come to its end. The champion stays what it is."""
    ended = {"state": State.FAILED, "finished_at": clock.now(), "outcome": outcome, "traceback": traceback}
    if TrainingRun.objects.filter(pk=run.pk, state__in=TrainingRun.OPEN).update(**ended):
        Series.objects.filter(key=run.series).update(training_error=outcome)


def pick_up() -> int:
    """Send runs again whose message was lost or whose worker died; returns how many. Gives up after MOST_ATTEMPTS."""
    found = 0
    there = set(Series.objects.values_list("key", flat=True))
    for run in TrainingRun.objects.filter(state__in=TrainingRun.OPEN):
        if _is_lost(run):
            if run.series not in there:
                fail(run, f"There is no series {run.series} any more.")
            elif run.attempts >= MOST_ATTEMPTS:
                fail(run, f"Its process died {run.attempts} times.")
            else:
                send(run)
                found += 1
    return found


def _is_lost(run: TrainingRun) -> bool:
    """A time further ahead than any honest one is of a clock that has been set back since."""
    now = clock.now()
    if run.state == State.QUEUED:
        return not now - FORGOTTEN <= run.requested_at <= now + claims.CLOCKS_APART
    honest = {"training_claimed_until__gt": now, "training_claimed_until__lte": now + CLAIM + claims.CLOCKS_APART}
    return not Series.objects.filter(key=run.series, **honest).exists()
