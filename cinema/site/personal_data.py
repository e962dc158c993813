"""What the house knows of a person, handed out to them or erased. It stands here since it is kept in several rooms.

What money was taken for stays, as the law wants it, under a name that is nobody's: orders, tickets, payments and the
journal, which never knew another name than a number. ``docs/privacy.md`` has the whole list.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.attempts import forget_failures
from accounts.models import Letter, SecurityEvent, Session, User
from accounts.security_log import Kind, record
from accounts.sessions import end_sessions
from cinema.errors import Conflict, Forbidden
from social.chat import erase
from social.models import ChatMessage, Comment, Rating
from ticketing.models import Order, Refund, Ticket

ACCOUNT = ("username", "nickname", "email", "new_email", "avatar_url", "language", "date_joined", "last_login")
ORDER = (
    *("id", "status", "total_amount", "currency", "created_at", "paid_at"),
    *("showtime__starts_at", "showtime__movie__title"),
)
TICKET = ("code", "status", "price", "order_id")
COMMENT = ("movie__title", "content", "has_spoilers", "created_at", "edited_at")
MESSAGE = ("room__key", "content", "created_at")
SESSION = ("kind", "device", "address", "created_at", "last_used_at", "ended_at")
EVENT = ("at", "kind", "door", "address", "device", "detail")
LETTER = ("kind", "subject", "text", "address", "created_at")


class StaffAccount(Forbidden):
    """Who sold, admitted and decided is part of the house's books."""

    code = "staff_account"
    message = _("An account of the cinema's staff can be erased only once an administrator has taken its rights away.")


class StillWanted(Conflict):
    """There are tickets to be used, or money that is not back yet."""

    code = "account_in_use"
    message = _("There are orders under way: seats to come, or money on its way back. Use or return them first.")


def export_of(*, user: User) -> dict[str, Any]:
    """All that is kept of a person, for a file of theirs; written down in the security log."""
    record(Kind.DATA_EXPORTED, user=user)
    return {
        "account": {name: getattr(user, name) for name in ACCOUNT} | {"phone": str(user.phone or "")},
        "email_addresses": list(user.emailaddress_set.values("email", "verified", "primary")),  # type: ignore[attr-defined]
        "orders": list(Order.objects.of(user).order_by("id").values(*ORDER)),
        "tickets": list(Ticket.objects.filter(order__customer=user).order_by("id").values(*TICKET)),
        "ratings": list(Rating.objects.filter(user=user).order_by("id").values("movie__title", "score", "rated_at")),
        "comments": list(Comment.objects.filter(user=user).order_by("id").values(*COMMENT)),
        "chat_messages": list(ChatMessage.objects.filter(user=user).order_by("id").values(*MESSAGE)),
        "letters": list(Letter.objects.of(user).order_by("id").values(*LETTER)),
        "sessions": list(Session.objects.of(user).order_by("created_at").values(*SESSION)),
        "security_log": list(SecurityEvent.objects.about(user).order_by("id").values(*EVENT)),
    }


@transaction.atomic
def erase_account(*, user: User, now: datetime) -> User:
    """Make the account nobody's: it can't be used again, and nothing that is left leads to a person.

    Comments, marks and letters go; messages of the chat are blanked for everybody. Raises StaffAccount, StillWanted.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_staff or user.is_superuser:
        raise StaffAccount
    if _is_still_wanted(user, now):
        raise StillWanted
    end_sessions(user=user)
    forget_failures(user)
    _erase_what_they_wrote(user, now)
    for rows in (user.emailaddress_set, user.authenticator_set, user.letters, user.sessions):  # type: ignore[attr-defined]
        rows.all().delete()
    user.username, user.nickname, user.avatar_url = nobodys_name(user), "", ""
    user.email, user.new_email, user.phone, user.first_name, user.last_name = "", "", None, "", ""
    user.ban_reason, user.is_active = "", False
    user.token_version += 1
    user.set_unusable_password()
    user.groups.clear()
    user.save()
    record(Kind.ERASED, user=user)
    return user


def nobodys_name(user: User) -> str:
    """What is read where their name was."""
    return f"erased-{user.pk}"


def _is_still_wanted(user: User, now: datetime) -> bool:
    mine = Order.objects.of(user)
    to_come = Ticket.objects.filter(order__customer=user, status=Ticket.Status.VALID, showtime__ends_at__gt=now)
    asked = Refund.objects.filter(payment__order__customer=user, status=Refund.Status.ASKED)
    owed = Refund.objects.filter(payment__order__customer=user).owed()
    return mine.awaiting_payment(now).exists() or to_come.exists() or asked.exists() or owed.exists()


def _erase_what_they_wrote(user: User, now: datetime) -> None:
    Comment.objects.filter(user=user).delete()
    Rating.objects.filter(user=user).delete()
    for row in ChatMessage.objects.filter(user=user, deleted_at=None).select_related("room"):
        erase(row=row, room=row.room, by="", now=now)
    ChatMessage.objects.filter(user=user).update(author_name=nobodys_name(user))
