"""People: who they are, how they are reached, whether they may come in."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from cinema.addresses import validate_web_address


class UserQuerySet(models.QuerySet):
    """Questions about many people."""

    def banned(self, now: datetime) -> "UserQuerySet":
        """Those kept out at ``now``: banned for good, or until a time still to come."""
        return self.filter(status=User.Status.BANNED).filter(Q(banned_until=None) | Q(banned_until__gt=now))

    def customers(self) -> "UserQuerySet":
        """Everyone who isn't staff."""
        return self.filter(is_staff=False)


class People(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Django's user manager, with the words above."""


class User(AbstractUser):
    """A person with an account: customer or staff."""

    class Status(models.IntegerChoices):
        NORMAL = 0, _("Normal")
        BANNED = 1, _("Banned")

    phone = PhoneNumberField(_("phone"), null=True, blank=True, unique=True)
    nickname = models.CharField(_("nickname"), max_length=50, blank=True)
    avatar_url = models.CharField(_("picture"), max_length=255, blank=True, validators=[validate_web_address])
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.NORMAL)
    banned_until = models.DateTimeField(_("banned until"), null=True, blank=True)
    ban_reason = models.CharField(_("reason of the ban"), max_length=200, blank=True)
    token_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[People] = People()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_account_an_email"),
            models.UniqueConstraint(Lower("username"), name="one_account_a_username"),
        ]
        permissions = [("ban_user", "Can ban and unban people")]

    def __str__(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Sessions and tokens both carry this: a new password or a bumped token_version ends them all.
        return salted_hmac(
            "accounts.User.session", f"{self.password}:{self.token_version}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def display_name(self) -> str:
        """What others see: the nickname, or the username."""
        return self.nickname or self.username

    def is_banned(self, now: datetime) -> bool:
        """Whether this person is kept out at ``now``."""
        return self.status == self.Status.BANNED and (self.banned_until is None or self.banned_until > now)


class EndedSession(models.Model):
    """A token session that was logged out; kept until its tokens would have run out anyway."""

    session_id = models.UUIDField(primary_key=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ended session")
        verbose_name_plural = _("ended sessions")

    def __str__(self) -> str:
        return str(self.session_id)
