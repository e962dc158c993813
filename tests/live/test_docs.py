"""docs/realtime.md: the client is tested as it is printed."""

import asyncio

import pytest

from tests.live.followers import Crowd, printed_client, printed_code

pytestmark = pytest.mark.once  # a client sees no database


@pytest.fixture(scope="module")
def site(serve):
    server = serve()
    movie = server.shell("from tests.factories import a_movie\nprint(a_movie().pk)")
    return server.ws_url, f"movie-{movie.splitlines()[-1]}"


def test_the_printed_client_has_thirty_lines():
    code = printed_code()

    assert len([line for line in code.splitlines() if line.strip()]) <= 30


async def test_the_printed_client_hears_everybody_once_in_order_and_itself(site):
    url, room = site
    texts = [f"text {number}" for number in range(120)]
    async with Crowd(room, [url, url]) as crowd:
        await crowd.talk(texts)
        heard = await crowd.everything_heard(120)

    assert sorted(heard[0]) == sorted(texts)
    assert heard[1] == heard[0]


async def test_the_printed_client_catches_up_by_pages_after_a_long_absence(site):
    url, room = site
    async with Crowd(room, [url]) as crowd:
        before = crowd.people[0].chat.last
        await crowd.talk([str(number) for number in range(230)])
        await crowd.everything_heard(230)
    late = Crowd(room, [url])
    late.people[0].chat.last = before
    async with late:
        heard = await late.everything_heard(230)

    assert heard == [[str(number) for number in range(230)]]


async def test_the_printed_client_doesn_t_come_back_to_a_room_that_isn_t_there(site):
    url, _room = site

    with pytest.raises(AssertionError):
        await asyncio.wait_for(printed_client()(f"{url}/ws/chat", "movie-0", print).run(), 20)
