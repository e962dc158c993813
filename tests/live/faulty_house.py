"""Production's parts on one machine, each of which can be broken and brought back, and what is in the house."""

import contextlib
import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from runner import servers
from runner.production import socket_workers, web_workers
from tests.fixtures.databases import manage
from tests.fixtures.servers import Redis, Server

FILMS, MEMBERS = 10, 4
PREPARE = f"""
import json
from accounts.tokens import issue_tokens
from tests.factories import a_customer, a_movie, a_showtime, an_administrator
movies = [a_movie() for _ in range({FILMS})]
showtime = a_showtime(movie=movies[0])
members = [a_customer("member%d" % number) for number in range({MEMBERS})]
an_administrator()
print(json.dumps({{
    "rooms": ["movie-%d" % movie.pk for movie in movies],
    "showtime": showtime.pk,
    "seats": [seat.pk for seat in showtime.hall.seats.all()[:4]],
    "tokens": {{user.username: issue_tokens(user).access for user in members}},
}}))
"""
CHANGE_PASSWORD = """
import time
from accounts.models import User
from accounts.credentials import change_password
change_password(user=User.objects.get(username="{name}"), password="another one 22")
print(time.time())
"""
BAN = """
import time
from accounts.bans import ban_user
from accounts.models import User
ban_user(user_id=User.objects.get(username="{name}").pk, by=User.objects.filter(is_superuser=True).first())
print(time.time())
"""


class Postgres:
    """A PostgreSQL that keeps its data over a restart on the same port."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.port = binaries, folder, servers.free_port()
        self.url = f"postgres://cinema@127.0.0.1:{self.port}/postgres"
        trust = ["-U", "cinema", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        servers.run_as_owner([self.binaries / "initdb", "-D", folder / "data", *trust])
        self.life = contextlib.ExitStack()

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        command = [self.binaries / "postgres", "-D", self.folder / "data", "-p", self.port, "-k", self.folder]
        running = self.life.enter_context(servers.running([*command, "-h", "127.0.0.1"], self.folder))
        servers.wait_for(running, self.port, self.folder)
        ready = [self.binaries / "pg_isready", "-h", "127.0.0.1", "-p", self.port]
        servers.run_as_owner(ready, tries=100)

    def stop(self) -> None:
        """End it as a restart would, its clients' connections cut."""
        self.life.close()


class House:
    """``web`` answers pages and the API, ``sockets`` has two workers for /ws/; ``rooms``, ``tokens`` and so on."""

    def __init__(self, database: Postgres, redis: Redis, folder: Path) -> None:
        self.database, self.redis = database, redis
        variables = {"REDIS_URL": redis.url, "RATE_LIMITS": "on", "STATIC_ROOT": str(folder / "static")}
        manage("migrate", "-v", "0", DATABASE_URL=database.url, **variables)
        manage("collectstatic", "--noinput", "-v", "0", DATABASE_URL="", VAR_DIR=str(folder), **variables)
        python = Path(sys.executable)
        self.web = Server(database.url, folder, variables, lambda port: web_workers(python, port, 1))
        self.sockets = Server(database.url, folder, variables, lambda port: socket_workers(python, port, 2))
        facts = json.loads(self.web.shell(PREPARE).splitlines()[-1])
        self.rooms: list[str] = facts["rooms"]
        self.tokens: dict[str, str] = facts["tokens"]
        self.showtime: int = facts["showtime"]
        self.seats: list[int] = facts["seats"]

    def post(self, path: str, token: str, body: dict) -> dict:
        """The data that a POST of JSON to the API is answered with."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.web.url}{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())["data"]

    def sell(self, name: str, seats: list[int]) -> None:
        """Seats, from the order to the payment."""
        made = self.post("/api/v1/orders", self.tokens[name], {"scheduleId": self.showtime, "seats": seats})
        payment = {"provider": "sandbox", "token": "success"}
        self.post(f"/api/v1/orders/{made['orderId']}/pay", self.tokens[name], payment)

    def end_tokens(self, code: str, name: str) -> float:
        """Run ``CHANGE_PASSWORD`` or ``BAN`` for somebody, in a process of its own; answers when that was true."""
        return float(self.web.shell(code.format(name=name)).splitlines()[-1])

    def kill_sockets(self) -> None:
        """The socket workers and their parent, as a power cut would, and back again."""
        self.sockets.kill()
        self.sockets.start()

    def restart_sockets(self) -> None:
        """As a deployment would."""
        self.sockets.stop()
        self.sockets.start()

    def restart_database(self) -> None:
        """Down and up again."""
        self.database.stop()
        self.database.start()


@contextlib.contextmanager
def faulty_house(binaries: Path, redis_binary: str) -> Iterator[House]:
    """A house that runs, ended for certain."""
    with contextlib.ExitStack() as life:
        database = Postgres(binaries, life.enter_context(servers.folder_for_servers()))
        life.callback(database.stop)
        database.start()
        redis = Redis(redis_binary).start()
        life.callback(redis.stop)
        house = House(database, redis, life.enter_context(servers.folder_for_servers()))
        for server in (house.web, house.sockets):
            life.callback(server.stop)
            server.start()
        yield house
