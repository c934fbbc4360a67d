"""A setting that names a program is looked at when the system starts."""

import sys
from pathlib import Path

import pytest
from django.test import override_settings

from detection.checks import evidently_can_run


@pytest.mark.parametrize("python", ["", sys.executable, "sh"])
def test_what_can_be_run_is_accepted(python: str) -> None:
    with override_settings(EVIDENTLY_PYTHON=python):
        assert evidently_can_run(None) == []


def test_a_python_that_is_not_there_is_said_when_the_system_starts(tmp_path: Path) -> None:
    (tmp_path / "text").touch()
    for python in ("missing/bin/python", "text", ""):
        with override_settings(EVIDENTLY_PYTHON=f"{tmp_path}/{python}"):
            [error] = evidently_can_run(None)
        assert error.msg == f"EVIDENTLY_PYTHON={tmp_path}/{python} is no program that can be run."
        assert "requirements-evidently.txt" in error.hint
