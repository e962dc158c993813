"""People: who they are, how they are reached, whether they may come in; and what the house wrote to them."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
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

    def administrators(self) -> "UserQuerySet":
        """Those who may do everything, whoever has been switched off or banned among them."""
        return self.filter(is_superuser=True)


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
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.NORMAL)
    banned_until = models.DateTimeField(_("banned until"), null=True, blank=True)
    ban_reason = models.CharField(_("reason of the ban"), max_length=200, blank=True)
    token_version = models.PositiveIntegerField(default=0, editable=False)
    # What the journal calls them: it stays there when name, address and telephone are erased here.
    pseudonym = models.UUIDField(_("number in the journal"), default=uuid4, unique=True, editable=False)
    # Given and not yet confirmed. It is shown and logs in, but the house writes to ``email`` until it is confirmed.
    new_email = models.EmailField(_("new e-mail address, not yet confirmed"), blank=True, editable=False)

    # Said of the row at hand and kept nowhere: it was read for a token that a password alone had opened.
    came_by_password_alone = False

    objects: ClassVar[People] = People()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_account_an_email"),
            models.UniqueConstraint(Lower("username"), name="one_account_a_username"),
        ]
        indexes = [models.Index(Upper("new_email"), name="user_by_new_email", condition=~Q(new_email=""))]
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

    @property
    def shown_email(self) -> str:
        """The address they gave last, confirmed or not."""
        return self.new_email or self.email

    @cached_property
    def has_app(self) -> bool:
        """Whether they have set up an authenticator app."""
        return self.authenticator_set.filter(type="totp").exists()  # type: ignore[attr-defined]

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether they have an authenticator app or a passkey; recovery codes alone are none."""
        return self.authenticator_set.exclude(type="recovery_codes").exists()  # type: ignore[attr-defined]

    @property
    def is_proven(self) -> bool:
        """Whether they have shown a second factor, where the house wants one of everybody with rights."""
        return not settings.STAFF_MFA or (not self.came_by_password_alone and self.has_second_factor)

    @property
    def has_staff_rights(self) -> bool:
        """Whether they may do what staff do."""
        return self.is_staff and self.is_proven

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether they may do this now."""
        return self.is_proven and super().has_perm(perm, obj)

    def is_banned(self, now: datetime) -> bool:
        """Whether this person is kept out at ``now``."""
        return self.status == self.Status.BANNED and (self.banned_until is None or self.banned_until > now)


class SetupCode(models.Model):
    """What a house without an administrator is claimed with: one row at most, and of the code only its digest."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("set-up code")
        verbose_name_plural = _("set-up codes")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_setup_code")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M:%S}"


class LetterQuerySet(models.QuerySet):
    """Questions about many letters."""

    def of(self, user: User) -> "LetterQuerySet":
        """What was written to this person."""
        return self.filter(recipient=user)

    def unread(self) -> "LetterQuerySet":
        """Not yet read on the site."""
        return self.filter(read_at=None)

    def about_orders(self, *order_ids: int) -> "LetterQuerySet":
        """Those about these orders."""
        return self.filter(about=Letter.About.ORDER, about_id__in=order_ids)

    def waiting(self) -> "LetterQuerySet":
        """Those still to be mailed."""
        return self.filter(status=Letter.Status.WAITING)

    def given_up(self, *, since: datetime) -> "LetterQuerySet":
        """Written since then, and no mail server would have them."""
        return self.filter(status=Letter.Status.FAILED, created_at__gte=since)

    def newest_first(self) -> "LetterQuerySet":
        """By creation, the latest first."""
        return self.order_by("-created_at", "-id")


class Letter(models.Model):
    """What the house told somebody, in their language: readable on the site, and mailed where there is an address.

    Written in the transaction of what it tells of, with the job that mails it (``accounts.mailing``).
    """

    class Kind(models.TextChoices):
        TICKETS = "tickets", pgettext_lazy("letter", "Tickets")
        CALLED_OFF = "called_off", _("Showtime called off")
        MOVED = "moved", _("Showtime moved")
        NEW_SEAT = "new_seat", _("New seat")
        REFUNDED = "refunded", _("Money back")
        CANCELLED = "cancelled", _("Order cancelled")
        NOT_SOLD = "not_sold", _("Payment not taken")
        SECURITY = "security", _("Your account's security")
        CONFIRM = "confirm", _("Address to be confirmed")
        CLOSED = "closed", _("Account switched off")
        HOUSE = "house", _("About the house's money")

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("letter", "Waiting")
        SENT = "sent", pgettext_lazy("letter", "Sent")
        FAILED = "failed", pgettext_lazy("letter", "Failed")
        SITE = "site", _("On the site only")

    class About(models.TextChoices):
        ORDER = "order", _("Order")
        ACCOUNT = "account", _("Account")
        HOUSE = "house", _("The house")

    PAGES: ClassVar[dict[str, str]] = {
        About.ORDER: "ticketing:order",
        About.ACCOUNT: "accounts:security",
        About.HOUSE: "admin:alerts",
    }

    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="letters", verbose_name=pgettext_lazy("letter", "to")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subject = models.CharField(pgettext_lazy("letter", "subject"), max_length=200)
    text = models.TextField(_("text"))
    # No foreign key: what letters are about belongs to rooms above this one.
    about = models.CharField(pgettext_lazy("letter", "about"), max_length=10, choices=About)
    about_id = models.PositiveBigIntegerField(pgettext_lazy("letter", "number of the order"))
    # Where it is mailed; empty: to the address its recipient has when it is mailed.
    address = models.EmailField(_("e-mail address"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    read_at = models.DateTimeField(pgettext_lazy("letter", "read"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="letter_by_recipient"),
            models.Index(fields=["about", "about_id"], name="letter_by_subject"),
            models.Index(fields=["-created_at", "-id"], name="letter_by_creation"),
        ]
        permissions = [("send_letter", "Can have letters sent again")]

    def __str__(self) -> str:
        return self.subject

    @property
    def path(self) -> str:
        """The page it is about, in the letter's language."""
        with translation.override(self.language):
            return reverse(self.PAGES[self.about], args=[self.about_id] if self.about == self.About.ORDER else [])

    @property
    def mailed_to(self) -> str:
        """The address it is mailed to; empty where there is none."""
        return self.address or self.recipient.email
