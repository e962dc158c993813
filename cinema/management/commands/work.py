"""``manage.py work``: does what waits in the corridor. Any number of these may run at once."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cinema.jobs.worker import Until, Worker


class Command(BaseCommand):
    """Works until SIGTERM or Ctrl-C, and then finishes what it is at; see ``cinema/jobs`` for what and how."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long and how broadly."""
        how_long = parser.add_mutually_exclusive_group()
        how_long.add_argument("--once", action="store_true", help="do one job that is due, if there is one, and end")
        how_long.add_argument("--until-empty", action="store_true", help="end when nothing is due any more")
        parser.add_argument("--threads", type=int, default=3, help="threads beside the one for slow work (default 3)")
        parser.add_argument("--grace", type=float, default=15, help="seconds to finish after SIGTERM (default 15)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        once, until_empty = options["once"], options["until_empty"]
        until = Until.ONE if once else Until.EMPTY if until_empty else Until.STOPPED
        worker = Worker(threads=options["threads"], until=until)
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, lambda number, frame: worker.stopping.set())
        worker.start().wait()
        worker.stop(grace=options["grace"])
