"""Accounts and films for the sockets' tests, made from coroutines."""

from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission
from model_bakery import baker

from accounts.models import User
from accounts.tokens import issue_tokens
from catalog.models import Movie

STREAM = "/static/demo/stream/master.m3u8"


@database_sync_to_async
def account(username: str, *permissions: str, **facts: bool) -> tuple[User, dict[str, str]]:
    """An account, and the header its token comes in."""
    user = User.objects.create_user(username, f"{username}@example.com", "correct horse 1", **facts)
    for name in permissions:
        user.user_permissions.add(Permission.objects.get(codename=name))
    return user, {"Authorization": f"Bearer {issue_tokens(user).access}"}


@database_sync_to_async
def fresh_token(user: User) -> str:
    """An access token of a new session."""
    return issue_tokens(user).access


@database_sync_to_async
def film(**about) -> Movie:
    """A film of 100 minutes with a stream."""
    return baker.make(Movie, **{"title": "流浪", "duration": 100, "status": "released", "stream_url": STREAM} | about)


def in_thread(function, **kwargs):
    """A domain call from a coroutine."""
    return database_sync_to_async(lambda: function(**kwargs))()
