"""Paying online: at the provider's own page, or at once where the provider takes a token."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput
from ticketing.money.models import Payment
from ticketing.money.payments import PaymentDeclined, hear_provider, pay_in_house, payment_address, start_payment
from ticketing.money.providers import UnknownProvider
from ticketing.money.providers.sandbox import SandboxProvider
from ticketing.sale.claims import SeatsTaken
from ticketing.sale.models import Order
from ticketing.sale.orders import WrongOrderStatus

SANDBOX_TOKENS = {"success": True, "decline": False}


class BadPaymentToken(InvalidInput):
    """The provider takes no such token."""

    code = "bad_payment_token"
    message = _("This payment method does not take this token.")


def pay_online(*, order: Order, provider: str, now: datetime, return_url: str = "", token: str = "") -> str:
    """Begin to pay; answers where the customer goes on, or "" when the order is paid already.

    The sandbox's tokens ``success`` and ``decline`` settle at once; an order that costs nothing always does.
    Raises UnknownProvider, BadPaymentToken, PaymentDeclined, WrongOrderStatus, SalesClosed, SeatsTaken.
    """
    if not order.total_amount:
        pay_in_house(order=order, provider="free", now=now, by=None)
        return ""
    if provider not in settings.PAYMENT_PROVIDERS:
        raise UnknownProvider(field="provider")
    if token and (provider != "sandbox" or token not in SANDBOX_TOKENS):
        raise BadPaymentToken(field="token")
    payment = start_payment(order=order, provider=provider, now=now, return_url=return_url)
    address = payment_address(payment)
    if not token:
        return address
    body, signature = SandboxProvider().decide(payment.reference, authorise=SANDBOX_TOKENS[token])
    heard = hear_provider(provider=provider, body=body, signature=signature, now=now)
    if heard.status == Payment.Status.DECLINED:
        raise PaymentDeclined
    if heard.status == Payment.Status.VOIDED:
        _tell_why_voided(order)
    return ""


def _tell_why_voided(order: Order) -> None:
    order.refresh_from_db(fields=["status"])
    raise SeatsTaken if order.status == Order.Status.PENDING else WrongOrderStatus
