"""A process that enqueues, works, or both like the demo's one process, until it is killed.

python -m tests.jobs.mortal.process FIRST_NUMBER enqueue work
"""

import random
import sys
import time

import django

KINDS = ["test_in_one_transaction", "test_looks_first", "test_step_by_step", "test_slow"]


def main(first: int, parts: list[str]) -> None:
    """Say "ready", then go on for ever."""
    django.setup()
    from cinema.jobs.worker import Worker  # noqa: PLC0415  only once Django is set up

    if "work" in parts:
        Worker(threads=3).start()
    print("ready", flush=True)
    number, chance = first, random.Random(first)
    while True:
        if "enqueue" in parts:
            decide(number, rolls_back=chance.random() < 0.2)
            number += 1
        time.sleep(0.03)


def decide(number: int, *, rolls_back: bool) -> None:
    """A change and the work that follows it, all of it or nothing."""
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.letters import write_letter  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from catalog.models import Person  # noqa: PLC0415
    from cinema.jobs import enqueue  # noqa: PLC0415

    about = {"kind": "cancelled", "subject": f"{number}", "text": "x", "about": "order", "about_id": number}
    with transaction.atomic():
        Person.objects.create(name=f"cause {number}")
        for kind in KINDS:
            enqueue(kind, key=str(number), number=number)
        write_letter(to=User.objects.get(username="reader"), now=timezone.now(), **about)
        transaction.set_rollback(rolls_back)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
