"""Sessions: beginning one at every log-in, noting its use, ending it for good.

An ended session takes its tokens, its cookie and its sockets with it, at once: tokens are asked for in
``accounts.tokens``, cookies in ``accounts.session_store``, sockets hear of it by ``accounts.consumers``.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.devices import device_name
from accounts.models import PageSession, Session, User
from accounts.notices import notify_new_device
from accounts.security_log import Kind, record
from cinema.errors import NotFound
from cinema.origin import current_origin
from cinema.realtime import publish_on_commit, user_topic

NOTED_EVERY = timedelta(minutes=10)
KEPT_AFTER_THE_END = timedelta(days=30)  # so that a device is still known after a while


class SessionNotFound(NotFound):
    """No session has this id, it has ended, or it is someone else's."""

    code = "session_not_found"
    message = _("There is no such session.")


@transaction.atomic
def begin_session(*, user: User, kind: str, factors: list[str], now: datetime) -> Session:
    """A session for somebody who has just proved who they are; they are told when the device is new to them."""
    origin = current_origin()
    device = device_name(origin.device)
    earlier = list(Session.objects.of(user).values_list("device", flat=True).distinct())
    session = Session.objects.create(
        user=user,
        kind=kind,
        device=device,
        address=origin.address,
        factors=" ".join(factors),
        authenticated_at=now,
        created_at=now,
        last_used_at=now,
        refreshed_at=now,
        expires_at=now + timedelta(days=settings.SESSION_DAYS),
    )
    record(Kind.LOGGED_IN, user=user, detail=session.factors)
    if earlier and device not in earlier:
        notify_new_device(user=user, session=session, now=now)
    return session


def note_use(*, session_id: UUID, address: str | None, now: datetime) -> None:
    """Write down that a session is in use, at most every ten minutes; after a request, outside its transaction."""
    due = Session.objects.filter(pk=session_id, last_used_at__lt=now - NOTED_EVERY, ended_at=None)
    due.update(last_used_at=now, address=address)


def end_session(*, user: User, session_id: UUID) -> None:
    """End one of this person's sessions for good. Raises SessionNotFound."""
    if not end_if_alive(user=user, session_id=session_id):
        raise SessionNotFound


@transaction.atomic
def end_if_alive(*, user: User, session_id: UUID, why: str = Kind.SESSION_ENDED) -> bool:
    """End a session unless that was done before. Answers whether it was this call that did it."""
    alive = Session.objects.of(user).filter(pk=session_id, ended_at=None)
    if not alive.update(ended_at=Now()):
        return False
    PageSession.objects.filter(session=session_id).delete()
    record(why, user=user)
    publish_on_commit(user_topic(user.pk), {"kind": "session_ended", "session_id": str(session_id)})
    return True


@transaction.atomic
def end_sessions(*, user: User, news: str = "tokens_revoked", but: UUID | None = None) -> None:
    """End all of somebody's sessions, tokens and sockets; ``but`` one, whose sockets come back by themselves."""
    alive = Session.objects.of(user).filter(ended_at=None).exclude(pk=but)
    PageSession.objects.filter(session__in=alive).delete()
    alive.update(ended_at=Now())
    publish_on_commit(user_topic(user.pk), {"kind": news})


@transaction.atomic
def log_out_everywhere(*, user: User) -> None:
    """End every session and token of this user, on the pages and on the API."""
    User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1)
    user.refresh_from_db(fields=["token_version"])
    end_sessions(user=user)
    record(Kind.ALL_SESSIONS_ENDED, user=user)


def forget_old_sessions(*, now: datetime) -> int:
    """Erase what ran out long ago, and cookies nobody can use any more. Returns how many sessions went."""
    PageSession.objects.filter(expire_date__lt=now).delete()
    _total, by_model = Session.objects.filter(expires_at__lt=now - KEPT_AFTER_THE_END).delete()
    return by_model.get("accounts.Session", 0)
