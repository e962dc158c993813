"""Payments, refunds, and the sandbox bank's own book."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ticketing.sale.models import Order


class Payment(models.Model):
    """An attempt to pay an order. ``reference`` is what the provider knows it by.

    ``settled_at`` stays empty until the provider has been told the outcome (capture or void).
    """

    class Status(models.TextChoices):
        STARTED = "started", _("Started")
        TAKEN = "taken", _("Taken")
        DECLINED = "declined", _("Declined")
        VOIDED = "voided", _("Voided")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order"))
    provider = models.CharField(_("provider"), max_length=20)
    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.STARTED)
    return_url = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled with the provider"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(status="taken"), name="one_payment_an_order"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_is_not_negative"),
        ]
        indexes = [models.Index(fields=["decided_at"], name="payment_voided", condition=Q(status="voided"))]

    def __str__(self) -> str:
        return f"{self.provider} {self.amount}"


class Refund(models.Model):
    """Money on its way back. ``settled_at`` stays empty until the provider has paid it out."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    operator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("operator")
    )
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled with the provider"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="refund_is_not_negative")]
        indexes = [models.Index(fields=["created_at"], name="refund_by_creation")]

    def __str__(self) -> str:
        return f"{self.amount}"


class SandboxCharge(models.Model):
    """The sandbox bank's book: what it reserved, took and gave back, by the references it was given."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        AUTHORISED = "authorised", _("Authorised")
        CAPTURED = "captured", _("Captured")
        DECLINED = "declined", _("Declined")
        VOIDED = "voided", _("Voided")

    reference = models.UUIDField(unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    refunded_amount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)

    class Meta:
        verbose_name = _("sandbox charge")
        verbose_name_plural = _("sandbox charges")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_amount=0) | Q(status="captured", refunded_amount__lte=models.F("amount")),
                name="sandbox_gives_back_what_it_took",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"
