"""Noting that a session is in use."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.session_store import SessionStore
from accounts.sessions import NOTED_EVERY, note_use
from accounts.tokens import Bearer
from cinema.origin import current_origin


class NoteSessionUse:
    """After a request, so outside of every transaction, and for each session at most every ten minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request, then note whose session it came in."""
        response = self.get_response(request)
        now = timezone.now()
        bearer, store = getattr(request, "auth", None), request.session
        if isinstance(bearer, Bearer) and bearer.use_unnoted:
            note_use(session_id=bearer.session_id, address=current_origin().address, now=now)
        session = store.account_session if isinstance(store, SessionStore) else None
        if session is not None and session.last_used_at < now - NOTED_EVERY:
            note_use(session_id=session.pk, address=current_origin().address, now=now)
        return response
