"""Makes the filter of leaked passwords from a list that was downloaded."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.breached_passwords import BreachedPasswords, make_filter
from cinema.errors import CinemaError


class Command(BaseCommand):
    """``manage.py breached_passwords LIST FILTER``."""

    help = "Make the file for BREACHED_PASSWORDS from a list of SHA-1 digests and counts, as Pwned Passwords has it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What goes in and out, and how much of it."""
        parser.add_argument("source", type=Path, help="a file of DIGEST:COUNT lines, or a folder of range files")
        parser.add_argument("target", type=Path, help="the filter to write")
        parser.add_argument("--at-least", type=int, default=10, help="leave out what was seen less often (10)")
        parser.add_argument("--wrong-one-in", type=int, default=1000, help="how rarely a good one is refused (1000)")

    def handle(self, *args: Any, source: Path, target: Path, at_least: int, wrong_one_in: int, **options: Any) -> None:
        """Make it, and say how large it has become."""
        if at_least < 1 or not 2 <= wrong_one_in <= 10**9:
            raise CommandError("--at-least is at least 1, --wrong-one-in between 2 and 1000000000.")
        try:
            digests = make_filter(source=source, target=target, at_least=at_least, wrong_one_in=wrong_one_in)
            made = BreachedPasswords(target)
        except (CinemaError, OSError) as fault:
            raise CommandError(str(fault)) from None
        size = target.stat().st_size
        self.stdout.write(f"{digests} digests, {size} bytes, {made.probes} probes: set BREACHED_PASSWORDS={target}")
