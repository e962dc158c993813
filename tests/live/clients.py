"""Clients for tests: through the ASGI application, without a server between."""

import asyncio
import json
from typing import Any

from channels.testing import WebsocketCommunicator

from cinema.asgi import application

PATIENCE = 20


class Client:
    """One socket, spoken to in frames."""

    def __init__(self, path: str, *, headers: dict[str, str] | None = None, subprotocols: list[str] | None = None):
        raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        self.socket = WebsocketCommunicator(application, path, headers=raw, subprotocols=subprotocols)
        self.closed: int | None = None

    async def __aenter__(self) -> "Client":
        self.accepted, self.subprotocol = await self.socket.connect(timeout=PATIENCE)
        return self

    async def __aexit__(self, *_why: object) -> None:
        if self.closed is None:
            await self.socket.disconnect(timeout=PATIENCE)

    async def send(self, frame: Any) -> None:
        """Send a frame."""
        await self.send_raw(text_data=json.dumps(frame))

    async def send_raw(self, **data: Any) -> None:
        """Send what is no frame."""
        message = {"type": "websocket.receive", "text": data.get("text_data"), "bytes": data.get("bytes_data")}
        await self.socket.send_input(message)

    async def receive(self) -> dict:
        """The next frame; a close is answered as ``{"closed": code}``."""
        event = await self.socket.receive_output(PATIENCE)
        if event["type"] == "websocket.close":
            self.closed = event.get("code")
            return {"closed": self.closed}
        return json.loads(event["text"])

    async def until(self, kind: str) -> dict:
        """The next frame of this type; others before it are dropped."""
        while (frame := await self.receive()).get("type") != kind:
            if "closed" in frame:
                raise AssertionError(f"closed with {frame['closed']} while waiting for {kind}")
        return frame

    async def settled(self) -> None:
        """Wait until all that was sent has been dealt with: frames are taken in order, and this one is refused."""
        await self.send({"type": "nonsense", "id": "settled"})
        while (await Client.receive(self)).get("ref") != "settled":
            pass

    async def until_closed(self) -> list[dict]:
        """Everything up to the close."""
        frames = [await self.receive()]
        while "closed" not in frames[-1]:
            frames.append(await self.receive())
        return frames

    async def is_quiet(self, seconds: float = 0.15) -> bool:
        """Whether nothing comes for a while."""
        return await self.socket.receive_nothing(timeout=seconds)


async def pause(seconds: float = 0.05) -> None:
    """Let the other side act."""
    await asyncio.sleep(seconds)
