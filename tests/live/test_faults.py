"""A server, Redis or the database breaks and comes back: nobody who follows the protocol loses or doubles a message."""

import asyncio
import json
import time
import urllib.request

import pytest
from websockets.asyncio.client import connect

from runner import servers
from tests.fixtures.databases import manage
from tests.live.followers import Crowd, beside
from tests.machine import need

PREPARE = """
import json
from accounts.tokens import issue_tokens
from tests.factories import a_customer, a_movie, a_showtime
movie = a_movie()
showtime = a_showtime(movie=movie)
ann, bob = a_customer("ann"), a_customer("bob")
tokens = {user.username: issue_tokens(user).access for user in (ann, bob)}
seats = [seat.pk for seat in showtime.hall.seats.all()[:4]]
print(json.dumps({"movie": movie.pk, "showtime": showtime.pk, "seats": seats, **tokens}))
"""
SOON = 8  # seconds; alone on a machine it is a tenth of one


@pytest.fixture(scope="module")
def house(serve, redis_server):
    """Two servers over one database and one Redis, and what is in them."""
    one = serve(REDIS_URL=redis_server.url, RATE_LIMITS="on")
    two = serve(REDIS_URL=redis_server.url, database_url=one.database_url)
    facts = json.loads(one.shell(PREPARE).splitlines()[-1])
    return one, two, {**facts, "room": f"movie-{facts['movie']}"}


def texts(word: str, count: int = 60) -> list[str]:
    return [f"{word} {number}" for number in range(count)]


def post(url: str, token: str, body: dict) -> dict:
    """The data that a POST of JSON to the API is answered with."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["data"]


async def watch(url: str, showtime_id: int, statuses: dict[int, str]) -> None:
    """Keep ``statuses`` as a page would: the whole map first, changes then, and again from the start after a break."""
    while True:
        try:
            async with connect(f"{url}/ws/seats") as socket:
                await socket.send(json.dumps({"type": "watch", "showtime_id": showtime_id}))
                async for text in socket:
                    statuses |= {seat["seat_id"]: seat["status"] for seat in json.loads(text).get("seats", ())}
        except Exception:
            await asyncio.sleep(0.2)


async def until(true, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


async def test_a_killed_server_costs_no_message_and_doubles_none(house):
    one, two, facts = house
    said = texts("killed")
    async with Crowd(facts["room"], [two.ws_url] * 20 + [one.ws_url] * 3) as crowd:
        talking = asyncio.create_task(crowd.talk(said))
        await asyncio.sleep(0.5)
        await beside(two.kill)
        await beside(two.start)
        await talking
        heard = await crowd.everything_heard(len(said))

    assert sorted(heard[0]) == sorted(said)
    assert heard[1:] == heard[:1] * 22


async def test_redis_away_stops_the_talk_only_and_all_is_made_good_once_it_is_back(house, redis_server):
    one, two, facts = house
    said, seats, shown = texts("redis"), facts["seats"], {}
    async with Crowd(facts["room"], [one.ws_url, two.ws_url] * 6) as crowd:
        watching = asyncio.create_task(watch(two.ws_url, facts["showtime"], shown))
        await until(lambda: shown)
        talking = asyncio.create_task(crowd.talk(said))
        await asyncio.sleep(0.5)

        redis_server.stop()
        began = time.monotonic()
        pages = [await beside(one.get, page) for page in ("/", f"/films/{facts['movie']}/", "/account/login/")]
        orders = f"{one.url}/api/v1/orders"
        order = {"scheduleId": facts["showtime"], "seats": seats[:2]}
        made = await beside(post, orders, facts["ann"], order)
        payment = {"provider": "sandbox", "token": "success"}
        await beside(post, f"{orders}/{made['orderId']}/pay", facts["ann"], payment)
        without = time.monotonic() - began

        redis_server.start()
        await talking
        heard = await crowd.everything_heard(len(said))
        await until(lambda: [shown[seat] for seat in seats] == ["sold", "sold", "available", "available"])
        watching.cancel()

    assert pages == [200, 200, 200]
    assert without < SOON
    assert sorted(heard[0]) == sorted(said)
    assert heard[1:] == heard[:1] * 11


async def test_a_new_password_ends_open_sockets_of_every_process_within_a_second(house):
    one, two, facts = house
    headers = {"Authorization": f"Bearer {facts['bob']}"}
    async with (
        connect(f"{one.ws_url}/ws/chat", additional_headers=headers) as here,
        connect(f"{two.ws_url}/ws/sync", additional_headers=headers) as there,
    ):
        for socket in (here, there):
            await socket.send(json.dumps({"type": "nonsense"}))
            await socket.recv()  # it answers, so it knows by now who is speaking
        code = (
            "import time\nfrom accounts.models import User\nfrom accounts.profile import change_password\n"
            "change_password(user=User.objects.get(username='bob'), password='another one 22')\nprint(time.time())"
        )
        changing = asyncio.create_task(beside(one.shell, code))
        for socket in (here, there):
            await asyncio.wait_for(socket.wait_closed(), 60)
        ended = time.time()
        changed = float((await changing).splitlines()[-1])

    assert (here.close_code, there.close_code) == (4501, 4501)
    assert ended - changed < SOON


@pytest.mark.postgres
async def test_a_restarted_database_costs_no_message_and_doubles_none(serve, redis_server, tmp_path):
    with servers.folder_for_servers() as folder:
        database = RestartedPostgres(folder)
        database.start()
        try:
            manage("migrate", "-v", "0", DATABASE_URL=database.url)
            server = serve(REDIS_URL=redis_server.url, database_url=database.url)
            movie = server.shell("from tests.factories import a_movie\nprint(a_movie().pk)").splitlines()[-1]
            said = texts("database")
            async with Crowd(f"movie-{movie}", [server.ws_url] * 6) as crowd:
                talking = asyncio.create_task(crowd.talk(said))
                await asyncio.sleep(0.5)
                await beside(database.stop)
                await beside(database.start)
                await talking
                heard = await crowd.everything_heard(len(said))
            server.stop()
        finally:
            database.stop()

    assert sorted(heard[0]) == sorted(said)
    assert heard[1:] == heard[:1] * 5


class RestartedPostgres:
    """A PostgreSQL that keeps its data over a restart on the same port."""

    def __init__(self, folder) -> None:
        self.binaries, self.folder, self.port = servers.Path(need("PostgreSQL")), folder, servers.free_port()
        self.url = f"postgres://cinema@127.0.0.1:{self.port}/postgres"
        trust = ["-U", "cinema", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        servers.run_as_owner([self.binaries / "initdb", "-D", folder / "data", *trust])

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        command = [self.binaries / "postgres", "-D", self.folder / "data", "-p", self.port, "-k", self.folder]
        self.running = servers.running([*command, "-h", "127.0.0.1"], self.folder)
        servers.wait_for(self.running.__enter__(), self.port, self.folder)
        ready = [self.binaries / "pg_isready", "-h", "127.0.0.1", "-p", self.port]
        servers.run_as_owner(ready, tries=100)

    def stop(self) -> None:
        """End it as a restart would, its clients' connections cut."""
        self.running.__exit__(None, None, None)
