"""TCP ports of this machine."""

import errno
import socket
import time
from datetime import timedelta

from aqi_project.errors import ConfigurationError

PATIENCE = timedelta(seconds=3)  # an earlier run may still be ending
POLL = 0.1  # seconds


def refuse_taken(setting: str, host: str, port: int) -> None:
    """Raises ConfigurationError, which names the setting, where nothing can listen on host and port."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while obstacle := _obstacle(host, port):
        if obstacle.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            why = obstacle.strerror or obstacle
            raise ConfigurationError(f"{setting}={port} cannot be used on {host}: {why}. {_remedy(obstacle)}")
        time.sleep(POLL)


def _remedy(obstacle: OSError) -> str:
    return "Set another one." if obstacle.errno == errno.EADDRINUSE else "Set another one, or another HOST."


def _obstacle(host: str, port: int) -> OSError | None:
    """Why nothing can listen there; None if something can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None
