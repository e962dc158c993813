"""Abuse: each kind gets its error or close code, and nobody else is disturbed."""

import base64
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings as site
from django.contrib.auth import SESSION_KEY
from django.test import Client as Browser
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from accounts.bans import ban_user
from accounts.credentials import change_password
from accounts.models import User
from accounts.session_store import SessionStore
from accounts.sessions import end_session, log_out_everywhere
from accounts.tokens import bearer_of
from cinema.realtime import Hub
from social.rooms import start_party
from tests.live.clients import Client
from tests.live.people import account, film, fresh_token, in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]  # what a frame may be is no matter of rows


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/sync", "/ws/seats"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_frame"),
        ("", "bad_frame"),
        ("[1]", "bad_frame"),
        ("null", "bad_frame"),
        ('{"type": 5}', "bad_frame"),
        ('{"no": "type"}', "bad_frame"),
        ("[" * 9000, "bad_frame"),
        ('{"type": "join", "username": "\\ud800"}', "bad_frame"),
        ('{"type": "nonsense"}', "unknown_type"),
    ],
)
async def test_what_is_no_frame_is_an_error_and_the_socket_stays(hub, path, text, code):
    async with Client(path) as client:
        await client.send_raw(text_data=text)
        first = await client.receive()
        await client.send({"type": "nonsense", "id": 3})
        second = await client.receive()

    assert (first["code"], second["code"], second["ref"]) == (code, "unknown_type", 3)


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/sync"])
@pytest.mark.parametrize("room", ["party-\\u0000", "movie-" + "9" * 50, "party-电影"])
async def test_a_room_no_database_can_look_for_is_none(hub, path, room):
    async with Client(path) as client:
        await client.send_raw(text_data=f'{{"type": "join", "room_id": "{room}", "username": "u"}}')
        answer = await client.receive()

    assert answer["code"] == "no_such_room"


@pytest.mark.parametrize(
    "data", [{"text_data": "x" * 2_000_000}, {"text_data": "字" * 6000}, {"bytes_data": b"x" * 17_000}]
)
async def test_a_frame_beyond_16_kib_closes_the_socket(hub, data):
    async with Client("/ws/chat") as client:
        await client.send_raw(**data)
        ending = await client.until_closed()

    assert ([frame.get("code") for frame in ending], ending[-1]) == (["too_large", None], {"closed": 4513})


async def test_a_flood_closes_the_socket_and_disturbs_nobody(hub, settings):
    settings.RATE_LIMITS = True
    movie = await film()
    room = f"movie-{movie.pk}"
    async with Client("/ws/chat") as flooder, Client("/ws/chat") as other:
        for client in (flooder, other):
            await client.send({"type": "join", "room_id": room, "username": "u"})
            await client.settled()
        for _ in range(200):
            await flooder.send({"type": "nonsense"})
        ending = await flooder.until_closed()
        await other.send({"type": "message", "room_id": room, "username": "u", "content": "calm"})

        assert ending[-1] == {"closed": 4029}
        assert (await other.receive())["content"] == "calm"


async def test_the_sixth_message_at_once_is_told_to_wait(hub, settings):
    settings.RATE_LIMITS = True
    movie = await film()
    room = f"movie-{movie.pk}"
    async with Client("/ws/chat") as client:
        await client.send({"type": "join", "room_id": room, "username": "u"})
        for number in range(6):
            await client.send({"type": "message", "room_id": room, "username": "u", "content": str(number)})
        frames = [await client.receive() for _ in range(6)]

    refused = [frame for frame in frames if frame["type"] == "error"]
    assert [frame["code"] for frame in refused] == ["rate_limited"]
    assert 0 < refused[0]["retry_after_ms"] <= 1000


@pytest.mark.parametrize("position", [float("nan"), float("inf"), -1, 6000.1, "5", None, True, [], {}])
async def test_a_position_outside_the_film_is_refused_and_not_passed_on(hub, position):
    movie = await film()
    room = f"movie-{movie.pk}"
    async with Client("/ws/sync") as client, Client("/ws/sync") as other:
        await other.send({"type": "sync", "room_id": room, "username": "o", "current_time": 0})
        await other.settled()
        await client.send({"type": "sync", "room_id": room, "username": "u", "current_time": position})

        assert (await client.receive())["code"] == "invalid_position"
        assert await other.is_quiet()


@pytest.mark.parametrize(
    "room",
    ["movie-0", "movie-999999", "movie-01", "movie-x", "party-abc", "", None, 5, {}, "movie-" + "9" * 30, "x" * 99],
)
@pytest.mark.parametrize("path", ["/ws/chat", "/ws/sync"])
async def test_a_room_that_isn_t_there_is_refused(hub, path, room):
    async with Client(path) as client:
        await client.send({"type": "join", "room_id": room, "username": "u"})

        assert (await client.receive())["code"] == "no_such_room"


async def test_a_film_taken_down_has_no_room(hub):
    movie = await film(status="removed")
    async with Client("/ws/chat") as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "u"})

        assert (await client.receive())["code"] == "no_such_room"


async def test_whoever_hasn_t_joined_can_t_speak(hub):
    movie = await film()
    async with Client("/ws/chat") as client:
        await client.send({"type": "message", "room_id": f"movie-{movie.pk}", "username": "u", "content": "x"})

        assert (await client.receive())["code"] == "not_joined"


@pytest.mark.parametrize("content", ["", "   ", "x" * 2001, None, 5, ["x"]])
async def test_text_that_is_none_is_refused(hub, content):
    movie = await film()
    room = f"movie-{movie.pk}"
    async with Client("/ws/chat") as client:
        await client.send({"type": "join", "room_id": room, "username": "u"})
        await client.send({"type": "message", "room_id": room, "username": "u", "content": content})

        assert (await client.receive())["code"] == "invalid_message"


async def test_errors_speak_the_client_s_language(hub):
    said = []
    for language in ("fr, en;q=0.8", "zh-CN"):
        async with Client("/ws/chat", headers={"Accept-Language": language}) as client:
            await client.send({"type": "nonsense"})
            said.append((await client.receive())["message"].isascii())

    assert said == [True, False]


@pytest.mark.parametrize("kind", ["hello", "join"])
@pytest.mark.parametrize(("lang", "english"), [("en", True), ("zh-Hans", False), (5, False), ("\x00,;q=" * 99, False)])
async def test_a_page_s_language_counts_for_more_than_the_browser_s(hub, kind, lang, english):
    async with Client("/ws/chat", headers={"Accept-Language": "zh-CN,zh;q=0.9"}) as client:
        await client.send({"type": kind, "lang": lang, "room_id": "movie-0", "username": "u"})
        await client.send({"type": "nonsense", "id": 1})
        while (frame := await client.receive()).get("ref") != 1:
            pass

    assert frame["message"].isascii() is english


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_a_bad_token_at_the_door_closes_the_socket(hub, token):
    async with Client("/ws/chat", headers={"Authorization": f"Bearer {token}"}) as client:
        ending = await client.until_closed()

    assert [frame.get("code") or frame["closed"] for frame in ending] == ["unauthorised", 4501]


async def test_an_expired_token_closes_with_come_back(hub):
    user, _header = await account("ann")
    token = AccessToken(await fresh_token(user))
    token.set_exp(from_time=timezone.now() - timedelta(days=2), lifetime=timedelta(days=1))
    async with Client("/ws/chat", headers={"Authorization": f"Bearer {token}"}) as client:
        ending = await client.until_closed()

    assert ending[-1] == {"closed": 4001}


async def test_a_token_that_runs_out_closes_the_open_socket(hub):
    movie, (user, _header) = await film(), await account("ann")
    token = AccessToken(await fresh_token(user))
    token["exp"] = int(timezone.now().timestamp()) + 1
    async with Client("/ws/chat", headers={"Authorization": f"Bearer {token}"}) as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "u"})
        ending = await client.until_closed()

    assert [frame.get("code") or frame["closed"] for frame in ending] == ["token_expired", 4001]


async def test_a_token_comes_by_subprotocol_and_only_v2_is_answered(hub):
    movie, (user, _header) = await film(), await account("ann")
    offered = "bearer." + base64.urlsafe_b64encode((await fresh_token(user)).encode()).decode().rstrip("=")
    async with Client("/ws/chat", subprotocols=["cinema.v2", offered]) as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "x"})

        assert client.subprotocol == "cinema.v2"
        assert (await client.until("joined"))["you"]["username"] == "ann"


async def test_a_token_comes_by_frame_and_a_bad_one_changes_nothing(hub):
    movie, (user, _header) = await film(), await account("ann")
    async with Client("/ws/chat", subprotocols=["cinema.v2"]) as client:
        await client.send({"type": "auth", "id": 1, "token": "nonsense"})
        refused = await client.until("error")
        await client.send({"type": "auth", "token": await fresh_token(user)})
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "x"})

        assert (refused["code"], refused["ref"]) == ("bad_token", 1)
        assert (await client.until("joined"))["you"]["username"] == "ann"


async def test_a_token_in_the_query_string_is_nobody(hub):
    movie, (user, _header) = await film(), await account("ann")
    async with Client(f"/ws/chat?token={await fresh_token(user)}", subprotocols=["cinema.v2"]) as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "x"})

        assert (await client.until("joined"))["you"]["guest"] is True


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("http://testserver", "ann"),
        ("http://evil.example", "x"),
        ("http://testserver.evil.example", "x"),
        ("http://testserver:80", "ann"),
        ("http://testserver:8080", "x"),
        ("https://testserver", "x"),
        ("http://ann@testserver:x", "x"),
        ("null", "x"),
        (None, "x"),
    ],
)
async def test_the_cookie_counts_only_from_the_site_s_own_pages(hub, settings, origin, name):
    settings.ALLOWED_HOSTS = ["testserver"]
    movie, (user, _header) = await film(), await account("ann")
    cookie = await in_thread(_session_of, user=user)
    headers = {"Host": "testserver", "Cookie": f"{site.SESSION_COOKIE_NAME}={cookie}"}
    if origin is not None:
        headers["Origin"] = origin
    async with Client("/ws/chat", headers=headers, subprotocols=["cinema.v2"]) as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "x"})

        assert (await client.until("joined"))["you"]["username"] == name


@pytest.mark.parametrize(
    ("origin", "name"), [("https://testserver", "ann"), ("https://testserver:443", "ann"), ("http://testserver", "x")]
)
@pytest.mark.parametrize("told", ["by the proxy", "by HTTPS=on"])
async def test_where_the_site_is_https_a_page_by_http_is_a_stranger_s(hub, settings, origin, name, told):
    settings.ALLOWED_HOSTS, settings.BEHIND_PROXY = ["testserver"], told == "by the proxy"
    settings.HTTPS = not settings.BEHIND_PROXY
    movie, (user, _header) = await film(), await account("ann")
    cookie = await in_thread(_session_of, user=user)
    headers = {"Host": "testserver", "Cookie": f"{site.SESSION_COOKIE_NAME}={cookie}", "Origin": origin}
    if settings.BEHIND_PROXY:
        headers |= {"Host": "127.0.0.1:8002", "X-Forwarded-Host": "testserver", "X-Forwarded-Proto": "https"}
    async with Client("/ws/chat", headers=headers, subprotocols=["cinema.v2"]) as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "x"})

        assert (await client.until("joined"))["you"]["username"] == name


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/sync", "/ws/seats"])
async def test_a_ban_reaches_open_sockets(hub, path):
    (user, header), (admin, _token) = await account("ann"), await account("admin")
    async with Client(path, headers=header) as client, Client(path) as other:
        await client.settled()
        await other.settled()
        await in_thread(ban_user, user_id=user.pk, by=admin)
        ending = await client.until_closed()

        assert [frame.get("code") or frame["closed"] for frame in ending] == ["banned", 4503]
        assert await other.is_quiet()


@pytest.mark.parametrize("door", ["the upgrade's token", "an auth frame"])
async def test_a_ban_in_the_moment_of_speaking_up_does_not_slip_through(hub, monkeypatch, door):
    (user, header), (admin, _token) = await account("ann"), await account("admin")
    subscribe = Hub.subscribe

    async def after_the_ban(hub, topic, socket):
        await in_thread(ban_user, user_id=user.pk, by=admin)
        await subscribe(hub, topic, socket)

    monkeypatch.setattr(Hub, "subscribe", after_the_ban)
    headers = header if door == "the upgrade's token" else None
    async with Client("/ws/chat", headers=headers, subprotocols=["cinema.v2"]) as client:
        if headers is None:
            await client.send({"type": "auth", "token": header["Authorization"].split()[1]})
        ending = await client.until_closed()

    assert [frame.get("code") or frame["closed"] for frame in ending] == ["banned", 4503]


@pytest.mark.parametrize(
    "act",
    [log_out_everywhere, partial(change_password, password="another-good-password-22")],
    ids=["everywhere", "a new password"],
)
async def test_logging_out_everywhere_and_a_new_password_reach_open_sockets(hub, act):
    user, header = await account("ann")
    async with Client("/ws/chat", headers=header) as client:
        await client.settled()
        await in_thread(act, user=user)
        ending = await client.until_closed()

    assert [frame.get("code") or frame["closed"] for frame in ending] == ["unauthorised", 4501]


async def test_logging_one_session_out_ends_its_sockets_and_no_other(hub):
    user, header = await account("ann")
    other = {"Authorization": f"Bearer {await fresh_token(user)}"}
    async with Client("/ws/chat", headers=header) as client, Client("/ws/chat", headers=other) as stays:
        await client.settled()
        await stays.settled()
        bearer = await in_thread(bearer_of, token=header["Authorization"].split()[1], now=timezone.now())
        await in_thread(end_session, user=user, session_id=bearer.session_id)
        ending = await client.until_closed()

        assert ending[-1] == {"closed": 4501}
        assert await stays.is_quiet()


async def test_the_eleventh_socket_of_a_person_is_refused(hub):
    _user, header = await account("ann")
    open_sockets = []
    for _ in range(10):
        open_sockets.append(await Client("/ws/chat", headers=header).__aenter__())
        await open_sockets[-1].settled()  # its place is taken after it was accepted
    async with Client("/ws/chat", headers=header) as eleventh:
        ending = await eleventh.until_closed()
    for client in open_sockets:
        await client.__aexit__()

    assert [frame.get("code") or frame["closed"] for frame in ending] == ["too_many_sockets", 4029]


async def test_a_path_that_isn_t_there_is_refused(hub):
    client = Client("/ws/nothing")
    accepted, _code = await client.socket.connect()

    assert accepted is False


def _session_of(*, user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    key = browser.session.session_key
    assert SessionStore(key)[SESSION_KEY] == str(user.pk)
    return key


WRONG = [None, True, -1, 1.5, 10**40, float("nan"), "", "x" * 5000, "\x00", [], [1], {}, {"a": 1}]
KEYS = {
    "/ws/chat": {
        "join": ["room_id", "username", "since_seq", "lang", "id"],
        "leave": ["room_id"],
        "message": ["room_id", "username", "content", "client_msg_id", "reply_to", "position"],
        "history": ["before_seq", "after_seq", "limit"],
        "typing": ["on"],
        "react": ["message_id", "key", "op"],
        "edit": ["message_id", "content"],
        "delete": ["message_id"],
        "moderate": ["action", "message_id", "user_id", "seconds", "reason"],
        "auth": ["token"],
        "hello": ["lang"],
    },
    "/ws/sync": {
        "join": ["room_id", "username", "lang"],
        "sync": ["room_id", "username", "current_time"],
        "play": ["if_rev"],
        "pause": ["if_rev"],
        "seek": ["position", "if_rev"],
        "rate": ["rate"],
        "status": ["state", "position", "drift_ms", "rtt_ms", "duration"],
        "ping": ["id", "t0"],
        "auth": ["token"],
    },
    "/ws/seats": {"watch": ["showtime_id", "id"], "auth": ["token"]},
}


@pytest.mark.parametrize(("path", "kind"), [(path, kind) for path, kinds in KEYS.items() for kind in kinds])
async def test_a_key_of_a_wrong_type_never_brings_a_socket_down(hub, settings, path, kind):
    (host, token), movie = await account("ann", "moderate_room"), await film()
    party = await in_thread(start_party, host=host, movie=movie, now=timezone.now())
    room = party.room.key if path == "/ws/sync" else f"movie-{movie.pk}"
    async with Client(path, headers=token, subprotocols=["cinema.v2"]) as client:
        await client.send({"type": "join", "room_id": room})
        codes = []
        for key in KEYS[path][kind]:
            for value in WRONG:
                sound = {"room_id": room, "content": "x", "position": 5, "message_id": 1, "action": "mute"}
                await client.send({**sound, "type": kind, key: value})
                await client.send({"type": "nonsense", "id": "settled"})
                while (frame := await client.receive()).get("ref") != "settled":
                    codes.append(frame.get("code"))
                await client.send({"type": "join", "room_id": room})

    assert "server_fault" not in codes


@pytest.mark.parametrize("end", [log_out_everywhere, ban_user])
async def test_a_revoked_or_banned_account_s_token_opens_nothing(hub, end):
    (user, header), (admin, _token) = await account("ann"), await account("admin")
    who = {"user": user} if end is log_out_everywhere else {"user_id": user.pk, "by": admin}
    await in_thread(end, **who)
    async with Client("/ws/chat", headers=header) as client:
        ending = await client.until_closed()

    assert ending[-1]["closed"] >= 4500


async def test_a_room_one_has_not_entered_is_closed_to_every_wish(hub):
    (_ann, token), movie, other = await account("ann"), await film(), await film(title="二")
    key = f"movie-{other.pk}"
    async with (
        Client("/ws/chat", headers=token, subprotocols=["cinema.v2"]) as client,
        Client("/ws/chat", subprotocols=["cinema.v2"]) as inside,
    ):
        await inside.send({"type": "join", "room_id": key, "username": "u"})
        await inside.until("presence")
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}"})
        codes = []
        for kind in ("message", "history", "typing", "react", "edit", "delete", "moderate", "leave"):
            await client.send({"type": kind, "id": kind, "room_id": key, "content": "x", "message_id": 1})
            while (frame := await client.receive()).get("ref") != kind:
                pass
            codes.append(frame["code"])

        assert codes == ["not_joined"] * 8
        assert await inside.is_quiet(0.4)
