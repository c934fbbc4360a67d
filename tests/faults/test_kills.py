"""Real processes that are killed, poisoned, doubled and left without room while recordings play."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aqi_project.queue.broker import MOST_DEATHS
from benchmarks.kills import kill_at_random
from tests.faults.installation import QCLUSTER, Installation, installation
from tests.waiting import wait_until

pytestmark = pytest.mark.processes
ROUNDS, LIMIT = 4, 60.0  # the benchmark `faults.kills` does fifty
RECOVERY_LIMIT = 240.0  # seconds, on a very busy machine; the benchmark holds it to 20 on one at rest
DISK = 600  # megabytes; the journal takes 200 of them at once
MEGABYTE = bytes(1_000_000)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """What is stored in the folder has a disk of its own, where this user may make one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("site")
    with small_disk(folder / "mongodb"), installation(folder, stations=3, speed=3600) as running:
        yield running


def goes_on(site: Installation) -> None:
    """Every station stores a reading that is new."""
    before = site.newest()
    wait_until(lambda: site.newest() > before, RECOVERY_LIMIT)


def test_a_full_disk_ends_the_database_and_room_brings_it_back(site: Installation) -> None:
    folder = site.folder / "mongodb"
    if not os.path.ismount(folder):
        pytest.skip("needs the right to mount a small disk")
    [before] = site.processes("mongod")
    fill(folder / "ballast")
    wait_until(lambda: not before.is_running(), RECOVERY_LIMIT)
    (folder / "ballast").unlink()
    wait_until(site.answers, RECOVERY_LIMIT)
    goes_on(site)
    assert (site.lost(), site.doubled()) == (0, 0)


def fill(file: Path) -> None:
    """To the last byte."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as ballast:
        while ballast.write(MEGABYTE):
            pass


def test_killed_at_random_it_comes_back_with_nothing_lost_or_doubled(site: Installation) -> None:
    verdict = kill_at_random(site, ROUNDS, LIMIT)
    assert (verdict.lost, verdict.doubled) == (0, 0)


def test_a_worker_one_of_whose_processes_was_killed_starts_anew(site: Installation) -> None:
    """It may have died with the lock of the queue that its successor would read."""
    before = site.processes("worker")
    next(one for one in before if not one.children()).kill()
    wait_until(lambda: not any(one.is_running() for one in before), RECOVERY_LIMIT)
    goes_on(site)


def test_poison_is_written_down_or_rests_and_the_others_get_on(site: Installation) -> None:
    """A task that fails is not repeated; one that kills its process is, some times."""
    site.run("-m", "tests.faults.ask", "tests.faults.poison.fail", "tests.faults.poison.die")
    failed, deadly = {"func": "tests.faults.poison.fail", "success": False}, {"_id": "tests.faults.poison.die()"}
    with site.database() as database:
        done, queue = database["django_q_task"], database["queue_aqi"]
        wait_until(lambda: (queue.find_one(deadly) or {}).get("deaths") == MOST_DEATHS, RECOVERY_LIMIT)
        goes_on(site)
        assert done.count_documents(failed) == 1
        assert queue.find_one("tests.faults.poison.fail()") is None
        assert queue.find_one(deadly)["deaths"] == MOST_DEATHS
        queue.delete_one(deadly)


def test_two_schedulers_by_mistake_do_no_harm(site: Installation) -> None:
    site.start_role("second", QCLUSTER, Q_SCHEDULER="true")
    goes_on(site)
    wait_until(lambda: len(site.processes("second")) > 1, RECOVERY_LIMIT)
    site.run("-m", "tests.faults.ask", *["ingestion.tasks.play_recordings", "alerts.tasks.deliver"] * 10)
    goes_on(site)
    assert (site.lost(), site.doubled()) == (0, 0)
