"""Two machines share the work; one is cut off and killed, then the database's primary is killed."""

import pytest

from benchmarks.scale_out import TASKS, scale_out

pytestmark = pytest.mark.processes


def test_two_machines_share_the_work_and_one_goes_on_alone() -> None:
    seen = scale_out(trainings=4, scale=0.05)
    assert {frozenset(done) for done in seen.tasks.values()} == {frozenset(TASKS)}
    assert (seen.lost, seen.doubled, seen.silent, seen.trained) == (0, 0, 0, 4)
    assert seen.failures == []
