"""Hundreds of people talk in ten rooms while a part of the house breaks and comes back.

    python -m bench.socket_faults                 500 sockets
    python -m bench.socket_faults --sockets 100

The socket workers are killed, then asked to end and started again as a deployment does; Redis is stopped while pages
are opened and seats sold; the database is restarted. The people are the client printed in docs/realtime.md. It ends
with an error when anybody missed a message, heard one twice or out of order; times are printed, not judged.

It starts everything it needs in scratch folders and takes it away again.
"""

import argparse
import asyncio
import resource
import sys
from functools import partial

import django.db.models  # noqa: F401  before what leans on parts of it

from runner.servers import find_postgres, find_redis
from tests.live import faults
from tests.live.faulty_house import BAN, CHANGE_PASSWORD, House, faulty_house
from tests.live.followers import beside

HEAD = (
    "| what breaks | sockets | messages | deliveries | lost | doubled | out of order | away s | all back after s "
    "| all heard after s |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def row(outcome: faults.Outcome) -> str:
    """A line of the table."""
    deliveries = outcome.said * outcome.sockets // 10  # each room has a tenth of both
    seconds = (outcome.away_seconds, outcome.back_seconds, outcome.heard_seconds)
    return (
        f"| {outcome.name} | {outcome.sockets} | {outcome.said} | {deliveries:,} | {outcome.lost} | {outcome.doubled} "
        f"| {outcome.unordered} | {' | '.join(f'{each:.1f}' for each in seconds)} |"
    )


async def run(house: House, sockets: int) -> bool:
    """Every fault in turn."""
    meanwhile: list[faults.WithoutRedis] = []

    async def redis_restarts() -> None:
        meanwhile.append(await faults.sell_without_redis(house))

    breaks = {
        "socket workers killed": partial(beside, house.kill_sockets),
        "socket workers restarted": partial(beside, house.restart_sockets),
        "Redis restarted": redis_restarts,
        "database restarted": partial(beside, house.restart_database),
    }
    good = True
    print(HEAD, flush=True)
    for name, breaking in breaks.items():
        outcome = await faults.talk_through(house, name, sockets, breaking)
        print(row(outcome), flush=True)
        good = good and outcome.faultless
    async with faults.Page(house) as page:
        await page.shows(dict(zip(house.seats[:2], ["sold", "sold"], strict=True)))
    pages = ", ".join(map(str, meanwhile[0].pages))
    print(
        f"\nWithout Redis: pages answered {pages}, and two seats were ordered and paid, all of it in "
        f"{meanwhile[0].seconds:.1f} s; open seat maps show them sold."
    )
    for what, code, name in (("a new password", CHANGE_PASSWORD, "member1"), ("a ban", BAN, "member2")):
        codes, seconds = await faults.ended_after(house, code, name)
        print(
            f"After {what} ten open sockets were closed with {codes}, the last of them {seconds * 1000:.0f} ms later."
        )
    return good and set(meanwhile[0].pages) == {200}


def main() -> int:
    """Read the options, start what is needed, break it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=500)
    options = parser.parse_args()
    binaries, redis = find_postgres(), find_redis()
    if binaries is None or redis is None:
        raise SystemExit("PostgreSQL and Redis are needed: sudo apt install postgresql redis-server")
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = 65536 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))  # the servers inherit it
    with faulty_house(binaries, redis) as house:
        return 0 if asyncio.run(run(house, options.sockets)) else 1


if __name__ == "__main__":
    sys.exit(main())
