"""What people wait for, as production runs it: whole sales, check-outs and pages, and what each costs in CPU.

    python -m bench.acts                            every act, beside the bare view that does the same
    python -m bench.acts --seconds 2 --only home    a short look at some of them
    python -m bench.acts --connections 32 --workers 2

PostgreSQL as initdb leaves it (fsync on), Redis, nginx, WSGI, socket and job workers by the commands of ``run.py
serve``, limits on; every act is somebody else's, from another address. Ours and the bare view take turns, so that
whatever else the machine does strikes both alike. CPU is that of all server processes, read from /proc once the job
workers have nothing more to do; it says the same on a busy machine, where seconds don't. In the end ``verify`` replays
the books. It ends with an error when an answer was none of those allowed or the books don't add up; speed is told.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import uvloop

from bench.acts_client import Act, Crowd, Turn, take_turn
from bench.acts_machine import ROOT, Cpu, Machine, machine

TURNS = 3
PARTS = ("web", "nginx", "database", "redis", "jobs")
HEAD = "| act | ours /s | bare /s | ours of bare | CPU an act, ms | bare's | times | p50 ms | p99 ms | " + " | ".join(
    PARTS
)


@dataclass
class Side:
    """All turns of one side together."""

    turns: list[Turn] = field(default_factory=list)
    cpu: Cpu = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many acts."""
        return sum(turn.done for turn in self.turns)

    @property
    def rate(self) -> float:
        """Acts a second."""
        return self.done / sum(turn.seconds for turn in self.turns)

    def milliseconds(self, part: str = "") -> float:
        """CPU an act, of one part or of all but the sockets, whom nobody asks anything here."""
        parts = [part] if part else PARTS
        return sum(self.cpu[name] for name in parts) * 1000 / max(1, self.done)

    def delay(self, percent: int) -> float:
        """So many in a hundred were done within so many milliseconds."""
        return statistics.quantiles([delay for turn in self.turns for delay in turn.delays], n=100)[percent - 1] * 1000


class Bench:
    """Measures acts on a machine that runs."""

    def __init__(self, house: Machine, connections: int, seconds: float) -> None:
        self.house, self.connections, self.seconds = house, connections, seconds
        self.idle: Cpu = Counter()

    async def rest(self, seconds: float = 5) -> None:
        """What the parts take while nobody does anything, to be subtracted: workers look for jobs each second."""
        self.house.drain()
        before = self.house.cpu()
        await asyncio.sleep(seconds)
        spent = self.house.cpu() - before
        self.idle = Counter({name: spent[name] / seconds for name in spent})

    async def turn(self, act: Act, side: Side) -> None:
        """One turn, with its CPU."""
        before, began = self.house.cpu(), time.perf_counter()
        side.turns.append(
            await take_turn(act, port=self.house.port, connections=self.connections, seconds=self.seconds / TURNS)
        )
        self.house.drain()
        took = time.perf_counter() - began
        spent = self.house.cpu() - before
        for name in PARTS:
            side.cpu[name] += max(0.0, spent[name] - self.idle[name] * took)

    async def measure(self, name: str, ours: Act, bare: Act | None) -> bool:
        """One line of the table; returns whether every answer was one that may be."""
        sides = [Side(), Side()] if bare else [Side()]
        for act in [ours, bare][: len(sides)]:  # warm both up
            await take_turn(act, port=self.house.port, connections=4, seconds=1)
        for _turn in range(TURNS):
            for act, side in zip((ours, bare), sides, strict=False):
                await self.turn(act, side)
        strange = sum((turn.strange for side in sides for turn in side.turns), Counter())
        for said, times in strange.most_common(5):
            print(f"   {times} times: {said}", file=sys.stderr)
        if any(side.done < 2 for side in sides):
            raise SystemExit(f"Nobody could do it: {name}")
        print(line_of(name, sides[0], sides[1] if bare else None), flush=True)
        return not strange


def line_of(name: str, ours: Side, bare: Side | None) -> str:
    """A line of the table."""
    cells = [name, f"{ours.rate:,.0f}", "", "", f"{ours.milliseconds():.1f}", "", ""]
    if bare is not None:
        times = ours.milliseconds() / bare.milliseconds()
        cells[2:] = [f"{bare.rate:,.0f}", f"{ours.rate / bare.rate:.0%}", cells[4], f"{bare.milliseconds():.1f}"]
        cells.append(f"{times:.1f}")
    cells += [f"{ours.delay(50):.0f}", f"{ours.delay(99):.0f}", *(f"{ours.milliseconds(part):.1f}" for part in PARTS)]
    return "| " + " | ".join(cells) + " |"


async def run(options: argparse.Namespace, house: Machine) -> bool:
    """Every act that was asked for."""
    crowd, bench, good = Crowd(house.found), Bench(house, options.connections, options.seconds), True
    await bench.rest()
    print(f"{HEAD} |\n|---|{'--:|' * (8 + len(PARTS))}", flush=True)
    for name, ours, bare in crowd.acts():
        if not options.only or any(word in name for word in options.only.split(",")):
            good = await bench.measure(name, ours, bare) and good
    return good


def commit() -> str:
    """Which version is measured."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"


def main() -> int:
    """Read the options, start everything, measure, prove the books."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6, help="for each side of each act (6)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2, help="web workers")
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--only", default="", help="words of the acts to measure, separated by commas")
    options = parser.parse_args()
    with machine(workers=options.workers, showtimes=200, customers=options.customers) as house:
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{commit()}, {time.strftime('%Y-%m-%d')}, load of the machine before {load}, {os.cpu_count()} cores\n")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            good = loop.run(run(options, house))
        print("\n" + house.prove())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
