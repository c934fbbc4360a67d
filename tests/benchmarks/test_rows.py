"""The rows of the benchmarks' table: what they say, and whether each can be asked for."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.__main__ import MODULES
from benchmarks.rows import at_least, at_most, row

FOLDER = Path(__file__).parents[2] / "benchmarks"
NAMED = re.compile(r'(?:row|at_most|at_least|covered)\(\s*f?"([a-z]+\.)')


def test_where_there_is_a_peer_the_goal_is_one_of_the_ratio() -> None:
    assert at_most("page.growth", 2.4, "ms", 1.2, peer=2.0) == {
        "name": "page.growth", "ours": 2.4, "peer": 2.0, "ratio": 1.2, "unit": "ms", "goal": "ratio ≤ 1.2", "met": True,
    }  # fmt: skip
    alone = at_least("nab.speed", 1999.6, "rows/s", 2_000, digits=0)
    assert (alone["ours"], alone["ratio"], alone["goal"], alone["met"]) == (2000, None, "≥ 2000", False)


def test_what_could_not_be_measured_meets_no_goal_and_what_has_none_is_neither() -> None:
    assert at_most("regime.co", None, "days", 3)["met"] is False
    assert row("train.learned", 20.774, "s")["met"] is None


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_each_row_of_a_module_can_be_asked_for_by_how_it_begins(module: str) -> None:
    """Those of the bands were measured with others, and by their own name could not be."""
    source = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
    named = set(NAMED.findall(source))
    assert named, "where are its rows?"
    assert {begin for begin in named if not any(rows.startswith(begin) for rows in MODULES)} == set()
    assert import_module(f"benchmarks.{module}").run
