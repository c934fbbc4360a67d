"""Django on MongoDB starts without detours."""

import os
import subprocess
import sys

from django.conf import settings

ALONE = """
import subprocess, sys, django
subprocess.Popen.__init__ = lambda self, command, *_, **__: sys.exit(f"It starts {command}.")
django.setup()
"""


def test_a_start_asks_no_compiler_for_libraries_that_are_not_used() -> None:
    """A hundred processes of gcc, ld and ldconfig otherwise, for each command and each process of the worker's."""
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "aqi_project.settings"}
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=settings.BASE_DIR, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
