"""Clients that follow the protocol through every break: the one printed in docs/realtime.md, in numbers."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "realtime.md"
PATIENCE = 60
# A server ends with the thread that started it, and a loop's own threads end with the loop.
OUTLASTS_TESTS = ThreadPoolExecutor(1)


async def beside(function, *arguments):
    """Call what waits, without stopping the clients."""
    return await asyncio.get_running_loop().run_in_executor(OUTLASTS_TESTS, function, *arguments)


def printed_code() -> str:
    """The client as it is printed in the document."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert code is not None
    return code[1]


def printed_client() -> type:
    """The class ``Chat`` in it."""
    names: dict = {}
    exec(compile(printed_code(), str(DOCUMENT), "exec"), names)
    return names["Chat"]


class Person:
    """What one of a crowd has heard, and when the last of it came."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.heard_at = 0.0
        self.chat: Any = None

    def hear(self, message: dict) -> None:
        """Remember a message."""
        self.heard.append(message["content"])
        self.heard_at = time.monotonic()


class Crowd:
    """People in one room, each at a server of their own choice, who talk in turn and remember what they heard."""

    def __init__(self, room: str, servers: list[str]) -> None:
        chat = printed_client()
        self.people = []
        for url in servers:
            person = Person()
            person.chat = chat(f"{url}/ws/chat", room, person.hear)
            self.people.append(person)

    async def __aenter__(self) -> "Crowd":
        self.tasks = [asyncio.create_task(person.chat.run()) for person in self.people]
        await self._until(lambda: all(person.chat.last is not None for person in self.people))
        for person in self.people:
            person.heard.clear()  # what was said before
        return self

    async def __aexit__(self, *_why: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def talk(self, texts: list[str], pause: float = 0.02) -> None:
        """Say these texts, everybody in turn, without waiting for anything."""
        for number, text in enumerate(texts):
            self.tasks.append(asyncio.create_task(self.people[number % len(self.people)].chat.say(text)))
            await asyncio.sleep(pause)

    async def everything_heard(self, count: int) -> list[list[str]]:
        """What each of them has heard, once all have heard so many and nothing is left to say."""
        await self._until(lambda: all(len(person.heard) >= count and not person.chat.unsent for person in self.people))
        await asyncio.sleep(0.5)  # time for a double to show
        return [person.heard for person in self.people]

    async def _until(self, true) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                for task in self.tasks[: len(self.people)]:
                    assert not task.done(), task.result()
                await asyncio.sleep(0.05)
