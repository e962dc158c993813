"""Rooms of talk, watch parties, and what is said there."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MESSAGE_LENGTH = 2000


class Room(models.Model):
    """A place where people talk: one a film, and one a watch party.

    ``last_seq`` is the number of the newest message. It is raised and the message written in one transaction, so
    that the numbers have no gaps.
    """

    class Kind(models.TextChoices):
        MOVIE = "movie", _("Film")
        PARTY = "party", _("Watch party")

    key = models.CharField(_("key"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    movie = models.ForeignKey("catalog.Movie", verbose_name=_("movie"), on_delete=models.CASCADE, related_name="rooms")
    last_seq = models.PositiveBigIntegerField(_("newest message"), default=0, editable=False)
    slow_seconds = models.PositiveIntegerField(
        _("slow mode"), default=0, help_text=_("Seconds one person must wait between two messages; 0 is off.")
    )
    created_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["id"]
        permissions = [("moderate_room", "Can moderate rooms")]

    def __str__(self) -> str:
        return self.key


class Party(models.Model):
    """A watch party: its film is its room's, its timeline is kept as ``social.playback`` writes it.

    ``rev`` guards the timeline: it is only ever replaced where ``rev`` is still what was read.
    """

    class Control(models.TextChoices):
        HOST = "host", _("Only the host")
        EVERYONE = "everyone", _("Everyone")

    class Wait(models.TextChoices):
        OFF = "off", _("For nobody")
        SHORT = "short", _("A few seconds")
        ALL = "all", _("Until everyone is there")

    room = models.OneToOneField(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="party")
    code = models.CharField(_("code"), max_length=32, unique=True)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("host"), on_delete=models.CASCADE, related_name="parties"
    )
    control = models.CharField(_("who may control"), max_length=10, choices=Control, default=Control.HOST)
    wait = models.CharField(_("wait for stragglers"), max_length=10, choices=Wait, default=Wait.SHORT)
    rev = models.PositiveBigIntegerField(default=0, editable=False)
    timeline = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("watch party")
        verbose_name_plural = _("watch parties")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class ChatMessageQuerySet(models.QuerySet):
    """Questions about many messages."""

    def after(self, seq: int) -> "ChatMessageQuerySet":
        """What came after ``seq``, in order."""
        return self.filter(seq__gt=seq).order_by("seq")

    def before(self, seq: int) -> "ChatMessageQuerySet":
        """What came before ``seq``, newest first."""
        return self.filter(seq__lt=seq).order_by("-seq")

    def with_details(self) -> "ChatMessageQuerySet":
        """Author, reply and reactions loaded along, in as many queries for one message as for a hundred."""
        return self.select_related("user", "reply_to", "room").prefetch_related("reactions")


class ChatMessage(models.Model):
    """One message. ``author_key`` names who sent it: ``u<id>`` for an account, ``g…`` for a guest.

    Of a guest it keeps ``author_place`` too, a keyed hash of the address, so that who is shut out doesn't come anew.
    """

    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveBigIntegerField(_("number"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="chat_messages",
    )
    author_key = models.CharField(max_length=40, editable=False)
    author_place = models.CharField(max_length=24, blank=True, editable=False)
    author_name = models.CharField(_("name"), max_length=160)
    role = models.CharField(_("role"), max_length=10, default="member")
    content = models.TextField(_("text"), max_length=MESSAGE_LENGTH, blank=True)
    reply_to = models.ForeignKey(
        "self", verbose_name=_("reply to"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    position = models.FloatField(_("position in the film"), null=True, blank=True)
    client_msg_id = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("sent"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_a_number"),
            models.UniqueConstraint(
                fields=["room", "client_msg_id"],
                condition=Q(client_msg_id__isnull=False),
                name="a_retry_is_the_same_message",
            ),
        ]
        indexes = [models.Index(fields=["author_key", "-created_at"], name="messages_of_a_person")]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.content[:60]}"

    @property
    def is_guest(self) -> bool:
        """Whether someone without an account sent it."""
        return self.author_key.startswith("g")


class Reaction(models.Model):
    """A sign someone put to a message; each sign once a person."""

    message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sign = models.CharField(_("sign"), max_length=16)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message", "user", "sign"], name="one_sign_a_person")]

    def __str__(self) -> str:
        return self.sign


class RestrictionQuerySet(models.QuerySet):
    """Questions about many restrictions."""

    def standing(self, now: datetime) -> "RestrictionQuerySet":
        """Those that hold at ``now``: not lifted, and not past their end."""
        return self.filter(lifted_at=None).filter(Q(until=None) | Q(until__gt=now))


class Restriction(models.Model):
    """What a moderator has laid on someone in one room. A guest's reaches newcomers of their address: `newcomers`."""

    class Kind(models.TextChoices):
        MUTE = "mute", _("Muted")
        BAN = "ban", _("Banned")

    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="restrictions")
    author_key = models.CharField(max_length=40, editable=False)
    author_place = models.CharField(max_length=24, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ["-id"]
        indexes = [models.Index(fields=["room", "author_key"], name="restrictions_of_a_person")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"
