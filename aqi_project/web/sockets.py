"""autobahn speaks WebSocket for daphne. For each message it colours a line of its debug log, written or not.

With thousands of sockets that is a seventh of the work of telling them something.
"""

from autobahn import util


def without_colours() -> None:
    """Let that line be plain text."""
    util._HAS_CLICK = False
