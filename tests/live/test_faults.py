"""A server, Redis or the database breaks and comes back: nobody who follows the protocol loses or doubles a message.

With more sockets the same is done by ``python -m bench.socket_faults``.
"""

from functools import partial
from pathlib import Path

import pytest

from tests.live import faults
from tests.live.faulty_house import BAN, CHANGE_PASSWORD, faulty_house
from tests.live.followers import beside
from tests.machine import need

pytestmark = pytest.mark.postgres
SOCKETS = 60
SOON = 8  # seconds; alone on a machine it is a tenth of one


@pytest.fixture(scope="module")
def house():
    """A house with everything in it that can break."""
    with faulty_house(Path(need("PostgreSQL")), need("Redis")) as house:
        yield house


@pytest.mark.parametrize("fault", ["kill_sockets", "restart_sockets", "restart_database"])
async def test_what_breaks_costs_no_message_and_doubles_none(house, fault):
    outcome = await faults.talk_through(house, fault, SOCKETS, partial(beside, getattr(house, fault)))

    assert (outcome.lost, outcome.doubled, outcome.unordered) == (0, 0, 0)


async def test_redis_away_stops_the_talk_only_and_all_is_made_good_once_it_is_back(house):
    meanwhile = []

    async def redis_restarts() -> None:
        meanwhile.append(await faults.sell_without_redis(house))

    async with faults.Page(house) as page:
        outcome = await faults.talk_through(house, "redis", SOCKETS, redis_restarts)
        await page.shows(dict(zip(house.seats, ["sold", "sold", "available", "available"], strict=True)))

    assert meanwhile[0].pages == [200, 200, 200]
    assert meanwhile[0].seconds < SOON
    assert (outcome.lost, outcome.doubled, outcome.unordered) == (0, 0, 0)


@pytest.mark.parametrize(("code", "name", "close"), [(CHANGE_PASSWORD, "member1", 4501), (BAN, "member2", 4503)])
async def test_a_new_password_or_a_ban_ends_open_sockets_of_every_process_within_a_second(house, code, name, close):
    codes, seconds = await faults.ended_after(house, code, name)

    assert codes == [close]
    assert seconds < SOON
