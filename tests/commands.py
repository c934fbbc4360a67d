"""Counting what is asked of MongoDB, whether Django's ORM or pymongo asks."""

import contextlib
from collections.abc import Iterator

from pymongo import monitoring

COUNTED = {"find", "aggregate", "getMore", "insert", "update", "delete", "findAndModify", "count", "distinct"}


class _Commands(monitoring.CommandListener):
    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in COUNTED:
            self.names.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


_commands = _Commands()
monitoring.register(_commands)  # at import: clients that exist already would not report


@contextlib.contextmanager
def commands() -> Iterator[list[str]]:
    """The names of the commands sent while the context lasts, in order."""
    _commands.names.clear()
    names: list[str] = []
    yield names
    names += _commands.names
