"""A change that makes detection or forecasts worse does not land: the figures of the shipped sample are committed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

GATE = json.loads(Path(__file__).with_name("model_gate.json").read_text())
SAMPLE = settings.DATA_DIR / "openweather_lahore_hourly.csv.gz"
NAMES = {"detectors": "detector", "bands": "band", "forecast": "ahead"}  # which column names a row


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    command = [sys.executable, "manage.py", "evaluate", "--csv", str(SAMPLE), *GATE["options"], "--json"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def figure(report: dict[str, Any], table: str, row: str, *path: str) -> float:
    [found] = [one for one in report[table] if one[NAMES[table]] == row]
    for name in path:
        found = found[name]
    return float(found)


def lost(committed: dict[str, Any], now: float) -> float:
    """By how much it is worse than it was; negative where it is better."""
    return committed["was"] - now if committed["better"] == "higher" else now - committed["was"]


@pytest.mark.parametrize("committed", GATE["figures"], ids=lambda one: " ".join(one["of"]))
def test_it_is_not_worse_than_it_was(report: dict[str, Any], committed: dict[str, Any]) -> None:
    now = figure(report, *committed["of"])
    assert lost(committed, now) <= committed["may_lose"], f"It is {now:g} and was {committed['was']:g}."


def test_a_figure_that_fell_is_told_from_one_that_rose() -> None:
    assert lost({"better": "higher", "was": 0.6}, 0.5) == pytest.approx(0.1)
    assert lost({"better": "lower", "was": 0.6}, 0.5) == pytest.approx(-0.1)
