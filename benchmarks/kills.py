"""Row `faults.kills`: kill -9 of web, worker, scheduler and `mongod` at random moments while recordings play.

After each kill the installation has to answer and to store readings again, and at the end no recorded hour is missing
and no mail says the same twice.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.rows import Row, at_most, row
from tests.faults.installation import Installation, installation
from tests.waiting import wait_until

ROLES = ("web", "worker", "scheduler", "mongod")
ROUNDS, STATIONS, SPEED = 50, 5, 3600.0
LIMIT = 1_500.0  # seconds for all rounds
SEED = 9
RECOVERY_LIMIT = 90.0  # seconds; more is an outage
LONGEST_PAUSE = 3.0  # seconds between a recovery and the next kill


@dataclass
class Verdict:
    lost: int = 0
    doubled: int = 0
    recoveries: list[tuple[str, float]] = field(default_factory=list)  # role, seconds

    @property
    def worst(self) -> float:
        return max(seconds for _, seconds in self.recoveries)


def run() -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder,
        installation(Path(folder), STATIONS, SPEED) as site,
    ):
        verdict = kill_at_random(site, ROUNDS, LIMIT)
    for role in ROLES:
        took = [seconds for killed, seconds in verdict.recoveries if killed == role]
        print(f"faults.kills: {role} {len(took)} times, back after {max(took, default=0):.1f} s at worst")
    rounds = len(verdict.recoveries)
    wrong = verdict.lost + verdict.doubled
    unit = f"readings and mails lost or doubled in {rounds} kills"
    yield row("faults.kills", wrong, unit, "0", wrong == 0 and rounds == ROUNDS)
    yield at_most("faults.recovery", verdict.worst, "seconds at worst until readings are stored again", 20, digits=1)


def kill_at_random(site: Installation, rounds: int, limit: float) -> Verdict:
    """So many kills, each role in turn in a random order, or as many as fit into `limit` seconds."""
    dice, verdict = random.Random(SEED), Verdict()
    deadline = time.monotonic() + limit
    for role in _roles(dice, rounds):
        if time.monotonic() > deadline:
            break
        time.sleep(dice.uniform(0, LONGEST_PAUSE))
        verdict.recoveries.append((role, seconds_to_recover(site, role, dice)))
    verdict.lost, verdict.doubled = site.lost(), site.doubled()
    return verdict


def _roles(dice: random.Random, rounds: int) -> Iterator[str]:
    for first in range(0, rounds, len(ROLES)):
        yield from dice.sample(ROLES, min(len(ROLES), rounds - first))


def seconds_to_recover(site: Installation, role: str, dice: random.Random) -> float:
    before, started = site.newest(), time.monotonic()
    site.kill(role, dice)
    wait_until(lambda: site.answers() and site.newest() > before, RECOVERY_LIMIT)
    return time.monotonic() - started
