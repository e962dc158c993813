"""Where the house wants a second factor, a moderator's password alone keeps no order on the sockets."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from channels.db import database_sync_to_async

from accounts.models import User
from accounts.tokens import issue_tokens
from tests.live.clients import Client
from tests.live.people import account, film
from tests.live.test_chat import V2, joined

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def token(user: User, *, second_factor: bool) -> dict[str, str]:
    """The header of a token, after one factor or two."""
    if second_factor:
        TOTP.activate(user, generate_totp_secret())
    return {"Authorization": f"Bearer {issue_tokens(user, second_factor=second_factor).access}"}


@pytest.mark.parametrize(("second_factor", "answer"), [(False, "not_a_moderator"), (True, "ok")])
async def test_only_the_second_factor_makes_a_moderator(second_factor, answer, hub, settings):
    settings.STAFF_MFA = True
    movie, (mod, _header) = await film(), await account("mod", "moderate_room")
    header = await token(mod, second_factor=second_factor)

    async with Client("/ws/chat", headers=header, subprotocols=V2) as client:
        await joined(client, f"movie-{movie.pk}")
        await client.send(
            {"type": "moderate", "id": 1, "room_id": f"movie-{movie.pk}", "action": "slow_mode", "seconds": 9}
        )
        while (frame := await client.receive())["type"] not in ("ack", "error"):
            pass

    assert frame.get("code", "ok") == answer
