"""What a proof works with: its seed, its share of the full length, and processes of its own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runner.checks import postgres_url
from runner.machine import ROOT


class NotProved(Exception):
    """Something was not as it should be; the text says what."""


class CouldNotLook(NotProved):
    """A tool that isn't the house's could not be had or broke down: a sample says so, a proof has failed."""


@dataclass(frozen=True)
class Trial:
    """One run of one proof."""

    seed: int
    share: float = 1.0
    sample: bool = False

    def size(self, full: int, least: int = 1) -> int:
        """How many of ``full`` this run does."""
        return max(least, round(full * self.share))

    def fail_if(self, wrongs: Iterable[object]) -> None:
        """Raises NotProved with everything in the list, if there is anything."""
        if lines := [str(wrong) for wrong in wrongs]:
            raise NotProved("\n".join(lines[:50]))

    def run(self, module: str, *arguments: object, **variables: object) -> str:
        """Run a module in a process of its own, shown as it goes; returns what it printed."""
        command = [sys.executable, "-u", "-m", module, *map(str, arguments)]
        environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
        lines = []
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        if process.returncode:
            raise NotProved(f"{' '.join(command[3:])} ended with {process.returncode}: {last_line(lines)}")
        return "".join(lines)

    def tests(self, *arguments: object, postgres: bool = False, **variables: object) -> str:
        """Run tests, on SQLite or on a PostgreSQL made for them; returns pytest's last line."""
        arguments = (*arguments, f"--hypothesis-seed={self.seed}", "-p", "no:cacheprovider", "--color=no")
        with postgres_url() if postgres else contextlib.nullcontext("") as url:
            said = self.run("pytest", *arguments, DATABASE_URL=url, **variables)
        return last_line(said.splitlines())

    def repeated(self, full: int) -> Iterator[int]:
        """The numbers of so many rounds, each announced."""
        rounds = self.size(full)
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", flush=True)
            yield number


def last_line(lines: Iterable[str]) -> str:
    """The last line with anything on it."""
    return next((line.strip() for line in reversed(list(lines)) if line.strip()), "nothing was printed")
