"""What keeps the project's processes alive."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from aqi_project import processes
from aqi_project.processes import MOST_FAILURES, STOP_SIGNALS, Child, Guard
from tests.project.system import ROOT
from tests.waiting import wait_until

FINISHES = "trap 'sleep 0.2; echo $WORD > done; exit' TERM; touch ready; while :; do sleep 0.05; done"
GUARD = [sys.executable, "-m", "aqi_project.processes", sys.executable, "-c"]


def guarded(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GUARD, script], capture_output=True, text=True, timeout=60, env=os.environ)


def shell(script: str) -> list[str]:
    return ["bash", "-c", script]


def is_alive(pid: Path) -> bool:
    """Also not as a zombie: whoever inherited it takes a moment."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(int(pid.read_text())).status() != psutil.STATUS_ZOMBIE)
    return False


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pauses of a tenth of the usual; the test's own handlers of signals come back."""
    monkeypatch.setattr(processes, "PAUSE", processes.PAUSE / 10)
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


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


def test_what_only_fails_ends_the_guard_with_its_code_after_longer_and_longer_pauses(tmp_path, quick, capsys):
    starts = tmp_path / "starts"
    fails = [sys.executable, "-c", f"import time; print(time.monotonic(), file=open({str(starts)!r}, 'a')); exit(3)"]
    assert Guard([fails], tmp_path, os.environ).run() == 3
    assert capsys.readouterr().out.count("It ended with code 3 and is started again: ") == 3
    times = [float(line) for line in starts.read_text().splitlines()]
    assert all(later - earlier >= pause for earlier, later, pause in zip(times, times[1:], (0.1, 0.2, 0.4)))  # noqa: B905


def test_one_that_only_fails_ends_the_others_and_lets_them_finish(tmp_path, quick):
    calls: list[float] = []
    guard = Guard([shell(FINISHES), shell("exit 3")], tmp_path, {**os.environ, "WORD": "air"})
    assert guard.run(meanwhile=lambda: calls.append(time.monotonic())) == 3
    assert (tmp_path / "done").read_text() == "air\n"
    assert len(calls) > 3


def test_a_guard_that_is_killed_takes_what_it_guards_with_it(tmp_path):
    script = "import os, time; print(os.getpid(), file=open('pid', 'w'), flush=True); time.sleep(60)"
    with subprocess.Popen([*GUARD, script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}) as guard:
        wait_until(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text() != "", 30)
        guard.kill()
    wait_until(lambda: not is_alive(tmp_path / "pid"), 5)


def assert_it_goes_on(child: Child, tries: Path) -> None:
    """Though it fails more often than anything that only fails may."""
    tries.touch()
    wait_until(lambda: child.look() is not None or len(tries.read_text()) > 2 * MOST_FAILURES, 30)
    assert child.look() is None


def test_what_is_killed_is_started_again_however_often(tmp_path, quick):
    child = Child(shell("echo -n . >> tries; kill -9 $$"), tmp_path, os.environ)
    assert_it_goes_on(child, tmp_path / "tries")


def test_what_has_lived_for_a_while_is_started_again_however_often_it_fails(tmp_path, quick, monkeypatch):
    monkeypatch.setattr(processes, "SETTLED", timedelta(0))
    child = Child(shell("echo -n . >> tries; exit 3"), tmp_path, os.environ)
    assert_it_goes_on(child, tmp_path / "tries")


def test_what_has_once_lived_for_a_while_keeps_that_credit(tmp_path, quick, monkeypatch):
    monkeypatch.setattr(processes, "SETTLED", timedelta(seconds=0.2))
    child = Child(shell("echo -n . >> tries; [ -s old ] || { echo > old; sleep 0.3; }; exit 3"), tmp_path, os.environ)
    assert_it_goes_on(child, tmp_path / "tries")


def test_what_it_started_and_left_behind_is_killed_before_it_is_started_again(tmp_path, quick):
    child = Child(shell("sleep 60 & echo $! > pid; exit 3"), tmp_path, os.environ)
    wait_until(lambda: child.look() is None and child._due is not None, 30)
    wait_until(lambda: not is_alive(tmp_path / "pid"), 5)


def test_what_does_not_end_in_time_is_killed_with_all_that_it_started(tmp_path):
    child = Child(shell("trap '' TERM; sleep 60 & echo $! > pid; wait; sleep 60"), tmp_path, os.environ)
    wait_until(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text() != "", 30)
    child.ask_to_end()
    child.end(time.monotonic() + 0.2)
    assert child._process.returncode == -signal.SIGKILL
    wait_until(lambda: not is_alive(tmp_path / "pid"), 5)


def test_what_ends_in_time_is_left_to_it(tmp_path):
    child = Child(shell(FINISHES), tmp_path, os.environ)
    wait_until((tmp_path / "ready").is_file, 30)
    child.ask_to_end()
    child.end(time.monotonic() + 30)
    assert (tmp_path / "done").is_file()


def test_a_stop_in_the_pause_before_a_start_ends_the_guard_at_once(tmp_path: Path):
    """The pause after a second failure lasts two seconds, after a third four: Ctrl-C has to end all in ten."""
    tries = tmp_path / "tries"
    with subprocess.Popen([*GUARD, f"open({str(tries)!r}, 'a').write('.'); exit(3)"], env=os.environ) as guard:
        wait_until(lambda: tries.is_file() and tries.read_text() == "..", 30)
        time.sleep(0.3)  # it has ended, too
        guard.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert guard.wait(30) == 0
    assert time.monotonic() - asked < 1
    assert tries.read_text() == ".."
