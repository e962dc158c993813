"""Money that goes back: asked for, approved, sent, done or failed."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.money.models import Payment
from ticketing.money.till_models import Shift


class RefundQuerySet(models.QuerySet):
    """Questions about many refunds."""

    def owed(self) -> "RefundQuerySet":
        """Money that is still to reach its owner."""
        return self.decided().exclude(status=Refund.Status.DONE)

    def decided(self) -> "RefundQuerySet":
        """Those whose tickets were taken back, whether the money has arrived or not."""
        return self.exclude(status__in=Refund.Status.undecided())

    def asked(self) -> "RefundQuerySet":
        """Those that wait for a second person."""
        return self.filter(status=Refund.Status.ASKED)


class Refund(models.Model):
    """Money that goes back. It is ``done`` when the provider has paid it out, and people are told so only then."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("On its way")
        SENT = "sent", _("Sent to the provider")
        DONE = "done", _("Paid back")
        FAILED = "failed", _("Failed")
        REJECTED = "rejected", _("Not approved")

        @classmethod
        def undecided(cls) -> "list[Refund.Status]":
            """No ticket was taken back for it."""
            return [cls.ASKED, cls.REJECTED]

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    method = models.CharField(_("paid back by"), max_length=20)
    shift = models.ForeignKey(
        Shift, on_delete=models.PROTECT, related_name="refunds", null=True, blank=True, verbose_name=_("shift")
    )
    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    provider_reference = models.CharField(_("the provider's number"), max_length=200, blank=True, editable=False)
    amount = MoneyField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.APPROVED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    operator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("operator")
    )
    created_at = models.DateTimeField(_("created"))
    fee_amount = MoneyField(_("fee kept"), default=0)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    asked_tickets = models.JSONField(default=list, editable=False)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("decided by")
    )
    decision = models.CharField(_("why it was decided so"), max_length=200, blank=True)
    handed_out_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("handed out by")
    )
    done_at = models.DateTimeField(_("paid back"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = RefundQuerySet.as_manager()

    is_at_box_office: bool  # only there where ``refunds_of`` found it

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, fee_amount__gte=0), name="refund_is_not_negative"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(status="asked"), name="one_asked_refund_per_payment"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("operator")), name="refund_takes_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status="asked") | Q(asked_at__isnull=False), name="refund_is_asked_when_it_says_so"
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at=None)),
                name="refund_is_done_when_it_says_so",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="refund_by_creation"),
            models.Index(fields=["created_at"], name="refund_owed", condition=~Q(status="done")),
            models.Index(fields=["asked_at"], name="refund_asked", condition=Q(status="asked")),
        ]

    def __str__(self) -> str:
        return as_text(self.amount, self.currency)
