"""A short, lighter version of the benchmark `soak.*`: mixed load, and something killed every ten seconds."""

from pathlib import Path

import pytest

from benchmarks.kills import ROLES
from benchmarks.soak import soak

pytestmark = pytest.mark.processes


def test_under_mixed_load_with_kills_nothing_is_lost_and_no_answer_fails(tmp_path: Path) -> None:
    soaked = soak(tmp_path, seconds=45, fault_every=10, scale=0.2, stations=4)
    assert {role for _, role in soaked.kills} == set(ROLES)
    assert soaked.errors == []
    assert (soaked.lost, soaked.doubled, soaked.silent) == (0, 0, 0)
