"""One's own sessions: where one is logged in, and how to end it."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import Session
from accounts.sessions import end_session
from accounts.tokens import Bearer
from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.api.fields import HouseTime
from cinema.api.paging import PageQuery


class SessionOut(serializers.Serializer):
    """One log-in that holds."""

    sessionId = serializers.UUIDField(source="pk")
    kind = serializers.ChoiceField(choices=Session.Kind.choices)
    device = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    factors = serializers.ListField(child=serializers.CharField(), source="amr")
    createdAt = HouseTime(source="created_at")
    lastUsedAt = HouseTime(source="last_used_at")
    expiresAt = HouseTime(source="expires_at")
    current = serializers.SerializerMethodField()

    def get_current(self, session: Session) -> bool:
        """Whether it is the one this call came in."""
        bearer = self.context["request"].auth
        return isinstance(bearer, Bearer) and bearer.session_id == session.pk


class V1Sessions(V1ViewSet):
    """Where one is logged in."""

    tag = "accounts"

    @endpoint(says=_("Fetched."), asks=PageQuery, gives=SessionOut, paged=True)
    def list(self, request: Request) -> QuerySet:
        """My sessions on the site and by API, the one used last first."""
        return Session.objects.of(request.user).alive(self.now).last_used_first()

    @endpoint(says=_("Logged out."), refuses=(404,))
    def end(self, request: Request, session_id: object) -> None:
        """End one of my sessions: its tokens, its cookie and its sockets."""
        end_session(user=request.user, session_id=session_id)
