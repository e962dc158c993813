"""What may pile up for a peer that doesn't read, below a socket's own bounded queue.

The kernel would take up to four megabytes for each connection: its buffer is given a fixed size. daphne's send comes
back at once however much the peer has left unread: Twisted's transport knows when more than 64 KiB are waiting, and
until they have gone nothing more is handed over, so that the queue fills and ends the socket with 4003 as it does
under uvicorn. ASGI has no words for either, so both look behind the server's ``send``.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

Send = Callable[[dict], Awaitable[None]]

KERNEL_BYTES = 128 * 1024  # Linux takes twice as much, for its own bookkeeping
LOOK_AGAIN_SECONDS = 0.02


def patient(send: Send) -> Send:
    """``send`` itself, or for daphne's one that waits while the peer doesn't read."""
    transport = _transport_of(send)
    if transport is None:
        return send
    _bound_kernel_buffer(transport)
    if not hasattr(transport, "producerPaused"):
        return send

    async def send_when_read(message: dict) -> None:
        while transport.producerPaused and transport.connected:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        await send(message)

    return send_when_read


def _transport_of(send: Any) -> Any:
    # daphne binds the connection to its method, uvicorn's send is a method of it.
    protocol = send.args[0] if isinstance(send, partial) and send.args else getattr(send, "__self__", None)
    return getattr(protocol, "transport", None)


def _bound_kernel_buffer(transport: Any) -> None:
    with contextlib.suppress(AttributeError, OSError):
        link = transport.get_extra_info("socket") if hasattr(transport, "get_extra_info") else transport.getHandle()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
