"""A websocket client that does as little as it can, so that a thousand of them leave the measuring process idle.

What arrives is kept as bytes with the time of its arrival; it is read once the measurement is over.
"""

import asyncio
import base64
import os
import socket
import struct
import time
import zlib

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Wire(asyncio.Protocol):
    """One connection. ``frames`` holds (arrival, payload), ``closed`` the close code once there is one."""

    def __init__(self, host: str, path: str, subprotocol: str, deflate: bool) -> None:
        self.host, self.path, self.subprotocol, self.deflate = host, path, subprotocol, deflate
        self.inflater = zlib.decompressobj(-15)
        self.received_bytes = 0
        self.opened: asyncio.Future = asyncio.get_running_loop().create_future()
        self.frames: list[tuple[float, bytes]] = []
        self.closed: int | None = None
        self.lost = False
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = transport
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        ]
        if self.subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {self.subprotocol}")
        if self.deflate:  # as browsers offer it
            lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        """Take the answer to the upgrade, then frames."""
        now = time.perf_counter()
        self.received_bytes += len(data)
        self.buffer += data
        if not self.opened.done():
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self.buffer = rest
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.opened.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self.opened.set_result(None)
        self._take_frames(now)

    def _take_frames(self, now: float) -> None:
        buffer, at = self.buffer, 0
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
            if len(buffer) < start + size:
                break
            payload = buffer[start : start + size]
            compressed, kind, at = buffer[at] & 64, buffer[at] & 15, start + size
            if compressed:
                payload = self.inflater.decompress(payload + b"\0\0\xff\xff")
            if kind == TEXT:
                self.frames.append((now, payload))
            elif kind == PING:
                self._write(PONG, payload)
            elif kind == CLOSE:
                self.closed = int.from_bytes(payload[:2]) if payload else 1005
                self.transport.close()
        self.buffer = buffer[at:]

    def connection_lost(self, fault: Exception | None) -> None:
        """Remember that it is over."""
        self.lost = True
        if not self.opened.done():
            self.opened.set_exception(fault or ConnectionError("hung up"))

    def send(self, text: str) -> None:
        """Send one text frame."""
        self._write(TEXT, text.encode())

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else struct.pack("!BH", 128 | 126, size)
        # A mask of zeros is a mask, and leaves the payload as it is.
        self.transport.write(bytes([128 | kind]) + length + b"\0\0\0\0" + payload)


async def open_wire(
    port: int, path: str, *, subprotocol: str = "cinema.v2", small: bool = False, deflate: bool = False
) -> Wire:
    """An open connection to this machine; ``small`` gives it the least of receive buffers."""
    link = socket.socket()
    if small:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(link, ("127.0.0.1", port))
    _, wire = await loop.create_connection(lambda: Wire(f"127.0.0.1:{port}", path, subprotocol, deflate), sock=link)
    await asyncio.wait_for(wire.opened, 60)
    return wire
