"""Two processes, one Redis, one database: what is said or done at one is heard at the other, in order and once."""

import json
import re
import time
from contextlib import ExitStack
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PREPARE = """
import json
from datetime import timedelta
from django.utils import timezone
from accounts.tokens import issue_tokens
from social.rooms import start_party
from tests.factories import a_customer, a_hall, a_movie, a_showtime
movie = a_movie(stream_url="/static/demo/stream/master.m3u8")
host = a_customer()
party = start_party(host=host, movie=movie, control="everyone", wait="off", now=timezone.now())
showtime = a_showtime(movie=movie)
token = issue_tokens(host).access
print(json.dumps({"movie": movie.pk, "party": party.room.key, "showtime": showtime.pk, "token": token}))
"""


@pytest.fixture(scope="module")
def house(serve, redis_server):
    """Two servers over one database, and what is in it."""
    return two_servers(serve, redis_server, RATE_LIMITS="off")


@pytest.fixture(scope="module")
def limited_house(serve, redis_server):
    """The same, with limits."""
    return two_servers(serve, redis_server, RATE_LIMITS="on")


def two_servers(serve, redis_server, **variables):
    one = serve(REDIS_URL=redis_server.url, **variables)
    two = serve(REDIS_URL=redis_server.url, database_url=one.database_url, **variables)
    return one, two, json.loads(one.shell(PREPARE).splitlines()[-1])


def tell(socket: ClientConnection, **frame) -> None:
    socket.send(json.dumps(frame))


def hear(socket: ClientConnection, kind: str, **facts) -> dict:
    """The next frame of this type with these facts."""
    while True:
        frame = json.loads(socket.recv(timeout=30))
        if frame["type"] == kind and all(frame.get(key) == value for key, value in facts.items()):
            return frame


def test_talk_crosses_processes_in_order_without_loss_or_doubles(house):
    one, two, facts = house
    room, heard = f"movie-{facts['movie']}", []
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(connect(f"{server.ws_url}/ws/chat", subprotocols=["cinema.v2"]))
            for server in (one, two) * 3
        ]
        for socket in sockets:
            tell(socket, type="join", room_id=room, username="g")
            hear(socket, "joined")
        for number in range(30):
            tell(sockets[number % 6], type="message", room_id=room, content=str(number))
        for socket in sockets:
            heard.append([hear(socket, "message") for _ in range(30)])

    assert [[message["seq"] for message in messages] for messages in heard] == [list(range(1, 31))] * 6
    assert [message["id"] for message in heard[0]] == [message["id"] for message in heard[1]]
    assert sorted(int(message["content"]) for message in heard[0]) == list(range(30))


def test_an_account_s_pace_and_its_ten_sockets_are_counted_over_both_processes(limited_house):
    one, two, facts = limited_house
    headers, room = {"Authorization": f"Bearer {facts['token']}"}, f"movie-{facts['movie']}"
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(
                connect(f"{server.ws_url}/ws/chat", subprotocols=["cinema.v2"], additional_headers=headers)
            )
            for server in (one, two) * 5
        ]
        for socket in sockets:
            tell(socket, type="join", room_id=room)
            hear(socket, "joined")
        began = time.monotonic()
        for number in range(20):
            tell(sockets[number % 10], type="message", id=number, room_id=room, content="at once")
        answers = [hear_answer(sockets[number % 10], number) for number in range(20)]
        said = [answer["type"] for answer in answers].count("ack")
        allowed = 5 + (time.monotonic() - began) + 1
        with connect(f"{two.ws_url}/ws/chat", additional_headers=headers) as eleventh:
            refused = json.loads(eleventh.recv(timeout=30))["code"]
        sockets[0].close()
        assert heard_soon(f"{two.ws_url}/ws/chat", headers, "bad_frame")

    assert 5 <= said <= allowed
    assert refused == "too_many_sockets"


def hear_answer(socket: ClientConnection, ref: int) -> dict:
    """The answer to what was sent with this id."""
    while True:
        frame = json.loads(socket.recv(timeout=30))
        if frame.get("ref") == ref:
            return frame


def heard_soon(url: str, headers: dict, code: str) -> bool:
    """Whether a new socket is let in within a while: then what it sends is answered by this error."""
    for _ in range(100):
        with connect(url, additional_headers=headers) as socket:
            socket.send("nonsense")
            if json.loads(socket.recv(timeout=30))["code"] == code:
                return True
        time.sleep(0.1)
    return False


def test_who_is_here_counts_both_processes(house):
    one, two, facts = house
    room = f"movie-{facts['movie']}"
    with connect(f"{one.ws_url}/ws/chat", subprotocols=["cinema.v2"]) as here:
        tell(here, type="join", room_id=room, username="here")
        hear(here, "joined")
        with connect(f"{two.ws_url}/ws/chat", subprotocols=["cinema.v2"]) as there:
            tell(there, type="join", room_id=room, username="there")
            both = hear(here, "presence", count=2)
        alone = hear(here, "presence", count=1)

    assert sorted(user["username"] for user in both["users"]) == ["here", "there"]
    assert [user["username"] for user in alone["users"]] == ["here"]


def test_a_party_s_timeline_never_forks(house):
    one, two, facts = house
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(connect(f"{server.ws_url}/ws/sync", subprotocols=["cinema.v2"]))
            for server in (one, two)
        ]
        for socket in sockets:
            tell(socket, type="join", room_id=facts["party"], username="g")
            hear(socket, "state")
        for number in range(20):
            tell(sockets[number % 2], type="rate", id=number, rate=0.5 + number / 100)
        revs = [hear(sockets[number % 2], "ack", ref=number)["rev"] for number in range(20)]
        last = [state_once_at(socket, facts["party"], max(revs)) for socket in sockets]

    assert len(set(revs)) == 20
    assert last[0] == last[1]


def state_once_at(socket: ClientConnection, room: str, rev: int) -> dict:
    """The party's state once this process has come to that revision."""
    while True:
        tell(socket, type="join", id="look", room_id=room, username="g")
        state = hear(socket, "state", ref="look")
        if state["rev"] >= rev:
            return state


def test_a_seat_held_at_one_process_is_seen_at_the_other(house):
    one, two, facts = house
    with connect(f"{two.ws_url}/ws/seats") as socket:
        tell(socket, type="watch", showtime_id=facts["showtime"])
        seat = hear(socket, "seats")["seats"][0]["seat_id"]
        one.shell(
            "from django.utils import timezone\nfrom ticketing.sale.holds import hold_seats\n"
            "from tests.factories import a_customer\n"
            f"hold_seats(showtime_id={facts['showtime']}, seats=[{seat}], customer=a_customer(), now=timezone.now())"
        )
        change = hear(socket, "change")

    assert change["seats"] == [{"seat_id": seat, "status": "held"}]


def test_a_ban_from_a_command_closes_sockets_of_every_process(house):
    one, two, facts = house
    headers = {"Authorization": f"Bearer {facts['token']}"}
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(connect(f"{server.ws_url}/ws/chat", additional_headers=headers))
            for server in (one, two)
        ]
        for socket in sockets:
            tell(socket, type="join", room_id=f"movie-{facts['movie']}")
        two.shell(
            "from accounts.bans import ban_user\nfrom accounts.models import User\n"
            "from tests.factories import an_administrator\n"
            "ban_user(user_id=User.objects.get(parties__isnull=False).pk, by=an_administrator())"
        )
        codes = []
        for socket in sockets:
            assert json.loads(socket.recv(timeout=30))["code"] == "banned"
            with pytest.raises(Exception, match="4503"):
                socket.recv(timeout=30)
            codes.append(socket.close_code)

    assert codes == [4503, 4503]


LOG_IN = """
import json
from django.contrib.auth import login
from django.http import HttpRequest
from accounts.session_store import SessionStore
from tests.factories import a_customer
keys = []
for name in ("leaves", "stays"):
    request = HttpRequest()
    request.session = SessionStore()
    login(request, a_customer(name), backend="accounts.backends.OpenAccounts")
    request.session.save()
    keys.append(request.session.session_key)
print(json.dumps(keys))
"""


def test_a_log_out_on_a_page_of_one_process_ends_the_sockets_at_the_other(house):
    one, two, facts = house
    leaves, stays = (f"sessionid={key}" for key in json.loads(one.shell(LOG_IN).splitlines()[-1]))
    room = f"movie-{facts['movie']}"
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(
                connect(
                    f"{two.ws_url}/ws/chat",
                    origin=two.url,
                    subprotocols=["cinema.v2"],
                    additional_headers={"Cookie": cookie},
                )
            )
            for cookie in (leaves, stays)
        ]
        for socket in sockets:
            tell(socket, type="join", room_id=room)
            assert hear(socket, "joined")["you"]["guest"] is False
        log_out(one, leaves)
        began = time.monotonic()
        code = hear(sockets[0], "error")["code"]
        with pytest.raises(ConnectionClosed):
            sockets[0].recv(timeout=30)
        took = time.monotonic() - began
        tell(sockets[1], type="message", id=1, room_id=room, content="still here")

        assert (code, sockets[0].close_code, took < 1) == ("unauthorised", 4001, True)
        assert hear_answer(sockets[1], 1)["type"] == "ack"


def log_out(server, cookie: str) -> None:
    """Press the button on the page that asks whether one means it."""
    address = f"{server.url}/en/account/logout/"
    with urlopen(Request(address, headers={"Cookie": cookie}), timeout=60) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
        held = page.headers["Set-Cookie"].split(";")[0]
    form = urlencode({"csrfmiddlewaretoken": token}).encode()
    urlopen(Request(address, form, {"Cookie": f"{cookie}; {held}"}), timeout=60).close()
