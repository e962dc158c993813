"""Sixty-four buyers at once for the same seats, a thousand times over, on every database and process count.

    python -m bench.seat_race [--rounds 1000] [--only sqlite|postgres] [--processes 1|4] [--seed 1]

Each round is one of three: everyone wants one free seat; everyone wants one whose hold has run out; everyone wants an
overlapping handful, named from the left or from the right. It runs as the house does and again, a tenth as often, with
the code's own checks switched off, on SQLite and on a PostgreSQL of its own, from one process and from four.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django.db.models  # noqa: F401  before what leans on parts of it

from runner.servers import find_postgres, postgres
from tests.fixtures.databases import manage
from tests.ticketing.races import BUYERS, run_races


@contextlib.contextmanager
def scratch_database(kind: str) -> Iterator[str]:
    """A migrated database that nobody else uses."""
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="seat-race-"))
            url = f"sqlite:///{folder}/race.sqlite3"
        else:
            binaries = find_postgres()
            if binaries is None:
                raise SystemExit("There is no PostgreSQL on this machine. To get it: sudo apt install postgresql")
            url = stack.enter_context(postgres(binaries))
        manage("migrate", "-v", "0", DATABASE_URL=url)
        yield url


def main() -> int:
    """Run all races; answer 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--processes", type=int, choices=[1, 4])
    parser.add_argument("--seed", type=int, default=1, help="of the choices that overlap")
    options = parser.parse_args()
    wrong = 0
    for kind in [options.only] if options.only else ["sqlite", "postgres"]:
        for process_count in [options.processes] if options.processes else [1, 4]:
            for unchecked in (False, True):
                rounds = max(3, options.rounds // 10) if unchecked else options.rounds
                with scratch_database(kind) as url:
                    outcome = run_races(
                        database_url=url,
                        rounds=rounds,
                        process_count=process_count,
                        unchecked=unchecked,
                        seed=options.seed,
                    )
                wrong += len(outcome.wrongs)
                print(
                    f"{kind}, {process_count} process(es), {'constraint alone' if unchecked else 'as it is'}: "
                    f"{outcome.rounds} rounds of {BUYERS}, {outcome.won} won, {outcome.taken} taken, "
                    f"{len(outcome.wrongs)} wrong, {outcome.seconds:.0f} s",
                    *outcome.wrongs[:20],
                    sep="\n  ",
                    flush=True,
                )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
