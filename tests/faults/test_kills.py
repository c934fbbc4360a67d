"""Real processes that are killed, poisoned and doubled while recordings play."""

from collections.abc import Iterator

import pytest

from aqi_project.queue.broker import MOST_DEATHS
from benchmarks.kills import kill_at_random
from tests.faults.installation import QCLUSTER, Installation, installation
from tests.project.system import at_rest, wait_until

pytestmark = pytest.mark.processes
ROUNDS, LIMIT = 4, 30.0  # the benchmark `faults.kills` does fifty
RECOVERY_LIMIT = 20.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("site"), stations=3, speed=3600) as running:
        yield running


def goes_on(site: Installation) -> None:
    """Every station stores a reading that is new."""
    before = site.newest()
    wait_until(lambda: site.newest() > before, at_rest(RECOVERY_LIMIT))


def test_killed_at_random_it_comes_back_with_nothing_lost_or_doubled(site: Installation) -> None:
    verdict = kill_at_random(site, ROUNDS, LIMIT)
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert verdict.worst < at_rest(RECOVERY_LIMIT), verdict.recoveries


def test_a_worker_one_of_whose_processes_was_killed_starts_anew(site: Installation) -> None:
    """It may have died with the lock of the queue that its successor would read."""
    before = site.processes("worker")
    next(one for one in before if not one.children()).kill()
    wait_until(lambda: not any(one.is_running() for one in before), at_rest(RECOVERY_LIMIT))
    goes_on(site)


def test_a_task_that_fails_is_written_down_and_not_repeated(site: Installation) -> None:
    site.run("-m", "tests.faults.ask", "tests.faults.poison.fail")
    with site.database() as database:
        failed = {"func": "tests.faults.poison.fail", "success": False}
        wait_until(lambda: database["django_q_task"].count_documents(failed) == 1, at_rest(RECOVERY_LIMIT))
        assert database["queue_aqi"].find_one({"_id": "tests.faults.poison.fail()"}) is None
    goes_on(site)


def test_a_task_that_kills_its_process_rests_after_some_dead(site: Installation) -> None:
    site.run("-m", "tests.faults.ask", "tests.faults.poison.die")
    poison = {"_id": "tests.faults.poison.die()"}
    with site.database() as database:
        wait_until(lambda: (database["queue_aqi"].find_one(poison) or {}).get("deaths") == MOST_DEATHS, at_rest(40))
        goes_on(site)
        assert database["queue_aqi"].find_one(poison)["deaths"] == MOST_DEATHS
        database["queue_aqi"].delete_one(poison)


def test_two_schedulers_by_mistake_do_no_harm(site: Installation) -> None:
    site.start_role("second", QCLUSTER, Q_SCHEDULER="true")
    goes_on(site)
    wait_until(lambda: len(site.processes("second")) > 1, at_rest(RECOVERY_LIMIT))
    site.run("-m", "tests.faults.ask", *["ingestion.tasks.play_recordings", "alerts.tasks.deliver"] * 10)
    goes_on(site)
    assert (site.lost(), site.doubled()) == (0, 0)
