"""The letters of the house, as v1 shows them to whom they were written."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.letters import read_letter
from accounts.models import Letter
from cinema.addresses import from_outside
from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.api.fields import HouseTime
from cinema.api.paging import PageQuery


class MessagesQuery(PageQuery):
    """Which of one's messages."""

    unread = serializers.BooleanField(default=False, help_text=_("Only those not yet read"))


class MessageOut(serializers.Serializer):
    """What the house wrote to somebody, in the language they chose."""

    messageId = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=Letter.Kind.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    subject = serializers.CharField()
    text = serializers.CharField()
    orderId = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()
    createdAt = HouseTime(source="created_at")
    readAt = HouseTime(source="read_at", allow_null=True)

    def get_orderId(self, letter: Letter) -> int | None:
        """The order it is about; null for one about the account."""
        return letter.about_id if letter.about == Letter.About.ORDER else None

    def get_link(self, letter: Letter) -> str:
        """The page it is about."""
        return from_outside(letter.path)


class V1Messages(V1ViewSet):
    """What the house told one about one's orders."""

    tag = "accounts"

    @endpoint(says=_("Fetched."), asks=MessagesQuery, gives=MessageOut, paged=True)
    def list(self, request: Request) -> QuerySet:
        """My messages, newest first."""
        mine = Letter.objects.of(request.user).newest_first()
        return mine.unread() if self.asked["unread"] else mine

    @endpoint(says=_("Updated."), gives=MessageOut, refuses=(404,))
    def read(self, request: Request, message_id: int) -> Letter:
        """Mark one of my messages as read; again changes nothing."""
        return read_letter(letter_id=message_id, user=request.user, now=self.now)
