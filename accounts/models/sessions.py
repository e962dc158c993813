"""Sessions: who is logged in where, since when and how they proved who they are."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class SessionQuerySet(models.QuerySet):
    """Questions about many sessions."""

    def of(self, user: Any) -> "SessionQuerySet":
        """This person's."""
        return self.filter(user=user)

    def alive(self, now: datetime) -> "SessionQuerySet":
        """Neither ended nor run out."""
        return self.filter(ended_at=None, expires_at__gt=now)

    def last_used_first(self) -> "SessionQuerySet":
        """The one in use first."""
        return self.order_by("-last_used_at", "-created_at", "id")


class Session(models.Model):
    """One log-in, on the pages or by API, until it is ended or runs out. Tokens and cookies carry its id."""

    class Kind(models.TextChoices):
        PAGE = "page", _("Site")
        API = "api", _("App")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    device = models.CharField(_("device"), max_length=100, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    # As in a token's ``amr``: pwd, otp, hwk (a passkey), separated by blanks.
    factors = models.CharField(_("proved by"), max_length=40, blank=True)
    authenticated_at = models.DateTimeField(_("proved at"))
    created_at = models.DateTimeField(_("begun"))
    last_used_at = models.DateTimeField(_("last used"))  # to within ten minutes, see accounts.sessions
    expires_at = models.DateTimeField(_("ends at the latest"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # The refresh token that is good now, and the one it took the place of.
    refresh_id = models.UUIDField(default=uuid.uuid4, editable=False)
    former_refresh_id = models.UUIDField(null=True, editable=False)
    refreshed_at = models.DateTimeField(editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-last_used_at"], name="session_by_user"),
            models.Index(fields=["expires_at"], name="session_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.device or self.get_kind_display()} ({self.pk})"

    @property
    def amr(self) -> list[str]:
        """How its owner proved who they are, as a token says it."""
        return self.factors.split()

    @property
    def had_second_factor(self) -> bool:
        """Whether a one-time code or a passkey was shown."""
        return bool({"otp", "hwk"} & set(self.amr))


class PageSession(AbstractBaseSession):
    """What the site keeps for one browser's cookie; of a session once somebody has logged in with it."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="cookies", null=True)

    class Meta:
        verbose_name = _("page session")
        verbose_name_plural = _("page sessions")
        indexes = [models.Index(fields=["session"], name="cookie_by_session", condition=Q(session__isnull=False))]

    @classmethod
    def get_session_store_class(cls) -> type:
        """What reads and writes these rows."""
        return import_string("accounts.session_store.SessionStore")  # which imports this module
