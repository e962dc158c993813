"""What the site keeps for a browser's cookie, tied to the account's session: whichever ends, ends both."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Q
from django.utils import timezone

from accounts.models import PageSession, Session
from accounts.sessions import end_if_alive

SESSION_ID = "session_id"
ENDS_AT = "session_ends_at"


class SessionStore(DatabaseStore):
    """Django's, whose rows know the account's session. An ended one opens nothing, whatever the cookie says."""

    account_session: Session | None = None
    is_only_read = False  # by a socket, which can hand no new cookie to the browser

    @classmethod
    def get_model_class(cls) -> type[PageSession]:
        """Where the rows are."""
        return PageSession

    def bind(self, session: Session) -> None:
        """From now on the cookie is this session's."""
        self[SESSION_ID], self[ENDS_AT] = str(session.pk), session.expires_at.isoformat()
        self.account_session = session

    @property
    def session_id(self) -> UUID | None:
        """The account's session, once somebody is logged in."""
        found = self.get(SESSION_ID)
        return UUID(found) if found else None

    def create_model_instance(self, data: dict[str, Any]) -> PageSession:
        """The row, good no longer than the account's session is."""
        row = cast(PageSession, super().create_model_instance(data))
        if SESSION_ID in data:
            row.session_id = UUID(data[SESSION_ID])
            row.expire_date = min(row.expire_date, datetime.fromisoformat(data[ENDS_AT]))
        return row

    def flush(self) -> None:
        """Log out: the account's session ends with the cookie's."""
        session_id = self.session_id
        user = self.account_session.user if self.account_session and self.account_session.pk == session_id else None
        super().flush()
        self.account_session = None
        if user is not None and session_id is not None:
            end_if_alive(user=user, session_id=session_id)

    def cycle_key(self) -> None:
        """A new key for the cookie. Django asks for one too where a former ``SECRET_KEY`` had signed the session."""
        if not self.is_only_read:
            super().cycle_key()

    def load(self) -> dict[str, Any]:
        """What is kept; nothing where somebody seems to be logged in without a session of the account."""
        data = super().load()
        return {} if SESSION_KEY in data and SESSION_ID not in data else data

    def _get_session_from_db(self) -> PageSession | None:
        found = PageSession.objects.select_related("session").filter(
            Q(session=None) | Q(session__ended_at=None),
            session_key=self.session_key,
            expire_date__gt=timezone.now(),
        )
        row = found.first()
        if row is None:
            self._session_key = None
        else:
            self.account_session = row.session
        return row
