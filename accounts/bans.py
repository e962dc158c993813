"""Keeping people out, and letting them in again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.security_log import Kind, record
from accounts.sessions import end_sessions
from cinema.errors import Forbidden, NotFound


class UserNotFound(NotFound):
    """No account has this id."""

    code = "user_not_found"
    message = _("There is no such user.")


class CannotBanSelf(Forbidden):
    """Nobody can lock themselves out."""

    code = "cannot_ban_self"
    message = _("You cannot ban yourself.")


class CannotBanAdministrator(Forbidden):
    """Only an administrator may ban staff."""

    code = "cannot_ban_staff"
    message = _("Only an administrator can ban or unban a member of staff.")


@transaction.atomic
def ban_user(*, user_id: int, by: User, reason: str = "", until: datetime | None = None) -> User:
    """Keep a person out, for good or until a time; their sessions, tokens and sockets end at once.

    Banning twice replaces reason and end. Raises UserNotFound, CannotBanSelf, CannotBanAdministrator.
    """
    user = _locked(user_id)
    if user.pk == by.pk:
        raise CannotBanSelf
    if user.is_staff and not by.is_superuser:
        raise CannotBanAdministrator
    user.status, user.ban_reason, user.banned_until = User.Status.BANNED, reason.strip()[:200], until
    user.token_version += 1
    user.save(update_fields=["status", "ban_reason", "banned_until", "token_version"])
    end_sessions(user=user, news="banned")
    record(Kind.BANNED, user=user, by=by, detail=user.ban_reason)
    return user


@transaction.atomic
def unban_user(*, user_id: int, by: User) -> User:
    """Let a person in again; they log in anew. Raises UserNotFound, CannotBanAdministrator."""
    user = _locked(user_id)
    if user.is_staff and not by.is_superuser:
        raise CannotBanAdministrator
    user.status, user.ban_reason, user.banned_until = User.Status.NORMAL, "", None
    user.save(update_fields=["status", "ban_reason", "banned_until"])
    record(Kind.UNBANNED, user=user, by=by)
    return user


def is_banned(*, user_id: int, now: datetime) -> bool:
    """Whether this account is kept out at ``now``."""
    return User.objects.banned(now).filter(pk=user_id).exists()


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user
