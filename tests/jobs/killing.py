"""``kill -9`` at random moments of whoever enqueues and whoever works, and what has to be true afterwards."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from runner.servers import end_with_parent
from tests.fixtures.databases import ROOT, manage, server_environment

SETTINGS = "tests.jobs.mortal.settings"
READER = 'from accounts.models import User; User.objects.create_user("reader", email="reader@example.com")'
LOOK = """
import json
from accounts.models import Letter
from catalog.models import Person
from cinema.jobs import Job
print(json.dumps({
    "rows": list(Person.objects.values_list("name", flat=True)),
    "letters": dict(Letter.objects.values_list("subject", "status")),
    "open": list(Job.objects.open().exclude(key="recurring").values_list("kind", "key", "state")),
    "failed": list(Job.objects.failed().values_list("kind", "key", "error")),
}))
"""
# What dies: a worker, whoever enqueues (the web), or one process that does both (the demo).
DEATHS = [["work"], ["enqueue"], ["enqueue", "work"]]


def kill_again_and_again(*, database_url: str, folder: Path, kills: int, seed: int) -> dict:
    """So many deaths under load, then one worker in peace; returns what there is in the end."""
    here = {
        "DATABASE_URL": database_url,
        "VAR_DIR": str(folder),
        "JOB_LEASE_SECONDS": "2",
        "DJANGO_SETTINGS_MODULE": SETTINGS,
    }
    manage("shell", "-v", "0", "-c", READER, **here)
    chance = random.Random(seed)
    for number in range(kills):
        parts = DEATHS[number % len(DEATHS)]
        others = [part for part in ("enqueue", "work") if part not in parts]
        mortal = start(parts, 2 * number * 100_000, here)
        beside = [start([part], (2 * number + 1) * 100_000, here) for part in others]
        for process in (mortal, *beside):
            assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.2, 1.5))
        for process in (mortal, *beside):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
    return end_in_peace(here)


def start(parts: list[str], first: int, here: dict[str, str]) -> subprocess.Popen:
    """A process that enqueues, works, or both."""
    command = [sys.executable, "-m", "tests.jobs.mortal.process", str(first), *parts]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=server_environment(**here),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def end_in_peace(here: dict[str, str]) -> dict:
    """One worker until nothing is open; the leases of the dead run out meanwhile."""
    deadline = time.monotonic() + 300
    while True:
        manage("work", "--until-empty", **here)
        found = json.loads(manage("shell", "-v", "0", "-c", LOOK, **here))
        if not found["open"] or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def wrongs_of(found: dict, folder: Path) -> list[str]:
    """What is wrong in the end: anything lost, doubled, half done, done for nothing, or left open."""
    rows = Counter(found["rows"])
    numbers = [name.split()[1] for name in rows if name.startswith("cause ")]
    wanted = Counter(f"cause {number}" for number in numbers)
    for number in numbers:
        wanted.update([f"one {number}", f"look {number}", f"slow {number}"])
        wanted.update(f"step {number} {step}" for step in range(5))
    wrongs = [
        f"{name}: {rows[name]} times instead of {wanted[name]}" for name in rows | wanted if rows[name] != wanted[name]
    ]
    wrongs += [
        f"letter {number} is {found['letters'].get(number)}"
        for number in numbers
        if found["letters"].get(number) != "sent"
    ]
    mailed = {part for file in (folder / "mail").glob("*.eml") for part in subjects(file)}
    wrongs += [f"letter {number} was never mailed" for number in numbers if number not in mailed]
    wrongs += [f"letter {number} was mailed for nothing" for number in mailed if number not in numbers]
    return wrongs + [f"left open: {job}" for job in found["open"]] + [f"failed: {job}" for job in found["failed"]]


def subjects(file: Path) -> list[str]:
    """The subject of a kept mail."""
    return [line.removeprefix("Subject: ") for line in file.read_text().splitlines() if line.startswith("Subject: ")]
