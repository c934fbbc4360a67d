"""TCP ports of this machine."""

import socket

from aqi_project.errors import ConfigurationError


def refuse_taken(setting: str, host: str, port: int) -> None:
    """Raises ConfigurationError, which names the setting, where nothing can listen on host and port."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"{setting}={port} cannot be used on {host}: {reason}. Set another one.") from None
