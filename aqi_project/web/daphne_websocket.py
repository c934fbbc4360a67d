"""daphne's WebSocket class, replaced by a cheaper one: with thousands of sockets, sending is all that a process does.

autobahn speaks WebSocket for daphne, over Twisted. Its class is replaced by the one below when the application is
loaded, as in `daphne_http`.
"""

from typing import Any

from autobahn import util
from daphne import ws_protocol
from twisted.internet import tcp


class WebSocket(ws_protocol.WebSocketProtocol):  # type: ignore[misc]
    """Offers what it sends to the kernel at once.

    Twisted asks the kernel first when the socket can be written to, then writes, then takes the question back; that is
    two fifths of the work of telling a socket something, and nearly always it could have been written to at once.
    """

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:  # noqa: N802 (autobahn's name)
        waiting = sync or chopsize or self.send_queue
        super().sendData(data if waiting else data[_taken(self.transport, data) :], sync, chopsize)


def _taken(transport: Any, data: bytes) -> int:
    """How many bytes the kernel has taken; none where earlier ones wait, the line is encrypted, or it is gone."""
    if not isinstance(transport, tcp.Connection) or transport.TLS or not transport.connected:
        return 0
    if transport.dataBuffer or transport._tempDataBuffer:
        return 0
    taken = transport.writeSomeData(data)
    return taken if isinstance(taken, int) else 0


def install() -> None:
    """Let daphne use this class, and spare autobahn the colours of a debug log that it makes for each message.

    Nobody reads that log, and colouring it is a seventh of the work.
    """
    ws_protocol.WebSocketFactory.protocol = WebSocket
    util._HAS_CLICK = False
