"""Every call of the three documents, in their order, against a real server on a fresh database; and their sockets."""

import json
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

import httpx
import pytest
from websockets.sync.client import connect

from tests.wire import booking, community, v1
from tests.wire.calls import Call, differences, empty_lists, filled

EVENING = datetime(2024, 12, 1, 10, 0, tzinfo=UTC)  # 18:00 at the documents' cinema
PLAYED = [*v1.CALLS, *booking.CALLS, *community.CALLS]
DOCUMENTED = [number for number, call in enumerate(PLAYED) if call.section]
ADMINISTRATORS = [number for number in DOCUMENTED if PLAYED[number].by == "admin"]
ENVELOPES = {"v1": {"code", "message", "data"}, "booking": {"status", "message"}}


class House:
    """A cinema reached by its clients alone. It knows what earlier answers told it: tokens and numbers."""

    def __init__(self, url: str, ws_url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60)
        self.ws_url = ws_url
        self.known: dict[str, object] = {}

    def headers(self, by: str) -> dict[str, str]:
        """Whose token is sent."""
        return {"Authorization": f"Bearer {self.known[f'token of {by}']}"} if by else {}

    def call(self, call: Call, by: str | None = None) -> httpx.Response:
        """Make a call as the document has it, or as somebody else."""
        method, path = call.request.split(" ", 1)
        return self.http.request(
            method,
            path.format_map(self.known),
            json=filled(call.body, self.known),
            params=filled(call.query, self.known),
            headers=self.headers(call.by if by is None else by),
        )

    def play(self, call: Call) -> httpx.Response:
        """Make a call and remember what it keeps."""
        answer = self.call(call)
        assert answer.is_success or call.section, f"{call}: {answer.status_code} {answer.text}"
        for name, keys in call.keep.items() if answer.is_success else ():
            value = answer.json()
            for key in keys:
                value = value[key]
            self.known[name] = value
        return answer


@pytest.fixture(scope="module")
def house(serve) -> House:
    """A server on a fresh database, on the documents' evening."""
    server = serve(clock=EVENING, OPEN_ADMIN_REGISTER="on", TIME_ZONE="Asia/Shanghai")
    return House(server.url, server.ws_url)


@pytest.fixture(scope="module")
def answers(house) -> list[httpx.Response]:
    """What each call was answered, all of them played once in order."""
    return [house.play(call) for call in PLAYED]


@pytest.mark.parametrize("number", DOCUMENTED, ids=lambda number: str(PLAYED[number]))
def test_a_call_is_answered_as_its_document_says(answers, number):
    call, answer = PLAYED[number], answers[number]

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    body = answer.json()
    assert differences(body, call.answer) == []
    assert call.may_be_empty or empty_lists(body, call.answer) == []


@pytest.mark.parametrize("number", ADMINISTRATORS, ids=lambda number: str(PLAYED[number]))
@pytest.mark.parametrize(("by", "status"), [("", 401), ("member2", 403)], ids=["without a token", "a customer"])
def test_what_is_for_administrators_is_for_nobody_else(house, answers, number, by, status):
    call = PLAYED[number]
    if call.section == "v1 2.2":
        status = 403  # open while there is no administrator, so there a token is not what is missing

    answer = house.call(call, by=by)

    body, envelope = answer.json(), ENVELOPES[call.section.split()[0]]
    assert answer.status_code == status
    assert envelope <= set(body)
    assert (body.get("code", body.get("status")), body.get("data")) == (status if "code" in body else -1, None)


@pytest.mark.parametrize(("call", "wanted"), v1.FAILURES, ids=[str(wanted[1]) for _, wanted in v1.FAILURES])
def test_every_number_of_table_10_comes_where_it_belongs(house, answers, call, wanted):
    house.http.put("/api/v1/users/me", json={"phone": "13800138000"}, headers=house.headers("customer"))
    status, code, message = wanted

    answer = house.call(call)

    body = answer.json()
    assert (answer.status_code, body["code"], body["data"]) == (status, code, None)
    assert body["message"] == message if message else body["message"]


@pytest.fixture
def sockets(house, answers):
    """``sockets(path)`` opens one as user1 (member1 took that name) and one as user2 (a guest)."""
    with ExitStack() as stack:

        def open_both(path):
            token = {"Authorization": f"Bearer {house.known['token of member1']}"}
            return [
                stack.enter_context(connect(f"{house.ws_url}{path}", additional_headers=headers))
                for headers in (token, {})
            ]

        yield open_both


def tell(socket, frame, **changed):
    """Send a frame of the document."""
    socket.send(json.dumps({**frame, **changed}))


def hear(socket):
    """The next frame."""
    return json.loads(socket.recv(timeout=30))


def test_community_4_people_talk_in_the_documents_own_frames(house, sockets):
    one, two = sockets("/ws/chat")
    room = f"movie-{house.known['movie']}"
    tell(one, community.JOIN, room_id=room)
    tell(one, community.SAY, room_id=room)
    said = hear(one)  # its own: it has joined
    tell(two, community.JOIN, room_id=room, username="user2")
    tell(two, community.HEAR, room_id=room)

    heard = [hear(one), hear(two)]

    wanted = {**community.HEAR, "room_id": room}
    assert {key: said[key] for key in wanted} == {**community.SAY, "room_id": room}
    assert [{key: frame[key] for key in wanted} for frame in heard] == [wanted, wanted]


def test_community_5_players_keep_in_step_in_the_documents_own_frames(house, sockets):
    one, two = sockets("/ws/sync")
    room = f"movie-{house.known['movie']}"
    wanted = {**community.HEAR_SYNC, "room_id": room}
    tell(one, community.SYNC, room_id=room, current_time=0)

    heard = []
    for _second in range(30):  # nothing tells a plain client when the other one is there, so players keep reporting
        tell(two, wanted)
        with suppress(TimeoutError):
            while not heard or heard[-1]["current_time"] != wanted["current_time"]:
                heard.append(json.loads(one.recv(timeout=1)))
            break

    assert {frame["type"] for frame in heard} == {"sync"}
    assert {key: heard[-1][key] for key in wanted} == wanted
