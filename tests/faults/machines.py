"""Machines in network namespaces: each has an address of its own, can be cut off, and dies as a whole.

They live in a world of their own, with its own network and process numbers, so that nothing of it is left when it ends,
however it ends. Where namespaces are not allowed, a machine is a group of processes with an address on loopback, and
is cut off by stopping them all.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from aqi_project.processes import die_with_parent
from tests.faults.installation import Installation, kill
from tests.project.system import marked

WORLD = "TEST_WORLD"  # a variable that says in which world a process is
NETWORKS = {"sealed": "10.77.0", "open": "127.77.0"}
IS_SEALED = os.environ.get(WORLD) == "sealed"
NETWORK = NETWORKS["sealed" if IS_SEALED else "open"]
HERE = f"{NETWORK}.1"  # the driver of the test, the database and the provider
PORT = 8000
SEAL = ["unshare", "--net", "--mount-proc", "--pid", "--fork", "--kill-child"]
HOLDER = 'echo "$0" > /proc/sys/kernel/hostname && printf . && exec sleep infinity'
if os.geteuid():
    SEAL.append("--map-root-user")


def in_a_world(command: list[str]) -> str:
    """Run a command in a sealed world, or where that is not allowed in the open one; gives what it prints."""
    sealed = namespaces_are_allowed()
    words = [*SEAL, *command] if sealed else command
    environment = {**os.environ, WORLD: "sealed" if sealed else "open"}
    done = subprocess.run(
        words, env=environment, stdout=subprocess.PIPE, check=True, text=True, preexec_fn=die_with_parent
    )
    return done.stdout


def namespaces_are_allowed() -> bool:
    tools = all(map(shutil.which, ("unshare", "nsenter", "ip")))
    return tools and subprocess.run([*SEAL, "ip", "link"], capture_output=True, check=False).returncode == 0


def lay_network() -> None:
    """A switch to which the machines are wired."""
    if not IS_SEALED:
        return
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "switch", "type", "bridge")
    _ip("address", "add", f"{HERE}/24", "dev", "switch")
    _ip("link", "set", "switch", "up")


class Machine(Installation):
    """A web process and a worker of an installation, on an address of their own."""

    def __init__(self, folder: Path, uri: str, number: int, **settings: str) -> None:
        folder.mkdir()
        address = f"{NETWORK}.{10 + number}"
        super().__init__(folder, uri, ALLOWED_HOSTS=f"{address},.example.org", **settings)
        self.name, self.addresses = f"machine{number}", [f"http://{address}:{PORT}"]
        if IS_SEALED:
            holder = subprocess.Popen(
                ["unshare", "--net", "--uts", "sh", "-c", HOLDER, self.name], stdout=subprocess.PIPE
            )
            holder.stdout.read(1)  # now it has its network and its name, which live as long as it
            self.started.append(holder)
            self.enter = ["nsenter", "--net", "--uts", "--target", str(holder.pid)]
            _wire(self.name, self.enter, holder.pid, address)

    def cut_off(self) -> None:
        """As if somebody pulled its cable: nothing answers, nothing is refused."""
        if IS_SEALED:
            _ip("link", "set", self.name, "down")
            return
        for one in marked(self.mark):
            one.suspend()

    def die(self) -> None:
        kill(marked(self.mark))

    def end(self) -> None:
        if IS_SEALED:
            self.started[0].kill()
        super().end()


@contextlib.contextmanager
def machines(folder: Path, uri: str, *settings: dict[str, str]) -> Iterator[list[Machine]]:
    """One for each of the settings."""
    made = [Machine(folder / f"machine{n}", uri, n, **own) for n, own in enumerate(settings, 1)]
    try:
        yield made
    finally:
        for one in made:
            one.end()


def _wire(name: str, enter: list[str], pid: int, address: str) -> None:
    _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
    _ip("link", "set", name, "master", "switch", "up")
    for command in ("link set lo up", f"address add {address}/24 dev eth0", "link set eth0 up"):
        subprocess.run([*enter, "ip", *command.split()], check=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
