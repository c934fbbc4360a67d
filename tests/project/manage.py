"""The project's commands, each in a process of its own."""

import os
import subprocess
import sys

from django.conf import settings


def manage(*words: object, **changes: str) -> subprocess.CompletedProcess[str]:
    """With the tests' environment and these changes."""
    command = [sys.executable, "manage.py", *map(str, words)]
    environment = {**os.environ, **changes}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)
