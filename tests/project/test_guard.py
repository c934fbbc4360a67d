"""What keeps the project's processes alive."""

import os
import subprocess
import sys
import time
from pathlib import Path

GUARD = [sys.executable, "-m", "aqi_project.processes", sys.executable, "-c"]


def guarded(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GUARD, script], capture_output=True, text=True, timeout=60, env=os.environ)


def test_what_fails_at_its_start_is_tried_again(tmp_path: Path):
    """The database may just have been away."""
    tries = tmp_path / "tries"
    script = (
        f"import pathlib, signal, os; p = pathlib.Path({str(tries)!r}); n = p.stat().st_size if p.exists() else 0; "
    )
    script += "p.open('a').write('.'); n < 2 and exit(1); os.kill(os.getppid(), signal.SIGTERM); signal.pause()"
    done = guarded(script)
    assert done.returncode == 0
    assert tries.read_text() == "..."
    assert done.stdout.count("is started again") == 2


def test_what_only_fails_ends_the_guard_with_its_code():
    started = time.monotonic()
    done = guarded("exit(3)")
    assert done.returncode == 3
    assert done.stdout.count("is started again") == 3
    assert time.monotonic() - started > 0.5 * (2 + 4 + 8)
