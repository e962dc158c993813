"""The security log: who did what to whose account, through which door. Rows are written and never changed."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecurityEventQuerySet(models.QuerySet):
    """Questions about many events."""

    def about(self, user: Any) -> "SecurityEventQuerySet":
        """What happened to this person's account."""
        return self.filter(user=user)

    def since(self, moment: datetime) -> "SecurityEventQuerySet":
        """From then on."""
        return self.filter(at__gte=moment)

    def older_than(self, moment: datetime) -> "SecurityEventQuerySet":
        """From before."""
        return self.filter(at__lt=moment)

    def newest_first(self) -> "SecurityEventQuerySet":
        """The latest first."""
        return self.order_by("-at", "-id")


class SecurityEvent(models.Model):
    """Something that happened to an account. Triggers in the database refuse to change one, or to erase a young one."""

    class Kind(models.TextChoices):
        SIGNED_UP = "signed_up", _("Account opened")
        LOGGED_IN = "logged_in", _("Logged in")
        LOGIN_FAILED = "login_failed", _("Log-in failed")
        LOGIN_LOCKED = "login_locked", _("Log-in refused after too many failures")
        PROOF_FAILED = "proof_failed", _("Wrong current password")
        SESSION_ENDED = "session_ended", _("Logged out")
        ALL_SESSIONS_ENDED = "all_sessions_ended", _("Logged out everywhere")
        REFRESH_REUSED = "refresh_reused", _("A used refresh token came again: session ended")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        RESET_ASKED = "reset_asked", _("New password asked for")
        PASSWORD_RESET = "password_reset", _("Password reset by mail")
        EMAIL_CHANGED = "email_changed", _("New e-mail address given")
        EMAIL_CONFIRMED = "email_confirmed", _("E-mail address confirmed")
        EMAIL_REMOVED = "email_removed", _("E-mail address removed")
        FACTOR_ADDED = "factor_added", _("Second factor or passkey added")
        FACTOR_REMOVED = "factor_removed", _("Second factor or passkey removed")
        CODES_MADE = "codes_made", _("New recovery codes made")
        DISOWNED = "disowned", _("“This wasn't me”: everything ended")
        CONTESTED = "contested", _("Two mailboxes claim it: switched off until the house has decided")
        BANNED = "banned", _("Banned")
        UNBANNED = "unbanned", _("Ban lifted")
        RIGHTS_CHANGED = "rights_changed", _("Rights changed")
        ROLE_CHANGED = "role_changed", _("Role changed")
        DATA_EXPORTED = "data_exported", _("Personal data handed out")
        ERASED = "erased", _("Account erased")

    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("event"), max_length=20, choices=Kind)
    # Whose account it is; no constraint of the database's, since these rows outlive whatever they speak of.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="security_events",
        verbose_name=_("person"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("done by"),
    )
    # A keyed hash of the name that was typed where no account has it: it may be a password in the wrong field.
    name_hash = models.CharField(_("unknown name, hashed"), max_length=32, blank=True)
    door = models.CharField(_("door"), max_length=20)
    address = models.GenericIPAddressField(_("address"), null=True)
    device = models.CharField(_("device"), max_length=100, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="security_by_user"),
            models.Index(fields=["-at", "-id"], name="security_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
