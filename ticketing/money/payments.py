"""Paying an order: begin at a provider, then sell for money that is certain, or let go of it.

The sale and its payment are decided in one transaction. What the provider has to hear of it is written down there as a
job (``ticketing.money.settling``), so a crash in between loses nothing, and no transaction ever waits for a provider.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cinema.addresses import is_own_path, is_web_address
from cinema.errors import CinemaError, InvalidInput, NotFound
from cinema.jobs import enqueue
from cinema.money import as_text
from ticketing.money.attesting import post_capture, post_dispute, post_unsold
from ticketing.money.models import Payment
from ticketing.money.providers import UnknownProvider, online_provider, provider_named
from ticketing.money.providers.base import BegunOtherwise, ProviderRefused, ProviderUnavailable
from ticketing.money.tenders import earlier_tenders, take_part, tender_of
from ticketing.programme.showtimes import ShowtimeChanged
from ticketing.sale.claims import SeatsTaken, transaction_in_turn
from ticketing.sale.holds import SalesClosed
from ticketing.sale.models import Claim, Order
from ticketing.sale.notifications import tell_not_sold
from ticketing.sale.orders import OtherSumDue, WrongOrderStatus, sell_order

logger = logging.getLogger(__name__)
Status = Payment.Status
ATTEMPTS = 3
FIRST_QUESTION = timedelta(minutes=2)  # after which we ask for a call-back that never came
WITH_ORDER = "order__showtime__movie", "order__showtime__hall", "order__customer"
UNDECIDED = [*Status.open(), Status.DECLINED, Status.EXPIRED]  # a yes after a no, or after we gave up, is a yes


class PaymentNotFound(NotFound):
    """No payment has this reference."""

    code = "payment_not_found"
    message = _("There is no such payment.")


class PaymentDeclined(CinemaError):
    """The provider said no; the order still waits."""

    code = "payment_declined"
    message = _("The payment was declined. Nothing was charged.")


class InvalidReturnUrl(InvalidInput):
    """Nobody is sent to a script, or to an address without its scheme."""

    code = "invalid_return_url"
    message = _("An address must begin with http:// or https://.")


def start_payment(
    *, order: Order, provider: str, now: datetime, return_url: str = "", amount: int | None = None
) -> Payment:
    """The attempt to pay this pending order at an online provider: the one under way, or a new one.

    It is for what the order still lacks, or for a part of that; one under way for another sum is ended.
    Raises WrongOrderStatus, SalesClosed, SeatsTaken (its hold ran out and others have the seats), UnknownProvider,
    InvalidReturnUrl.
    """
    if return_url and not is_own_path(return_url) and not is_web_address(return_url):
        raise InvalidReturnUrl(field="return_url")
    refuse_if_not_payable(order, now)
    name = online_provider(provider).name
    amount = order.rest_amount if amount is None else min(amount, order.rest_amount)
    if amount <= 0:
        raise UnknownProvider(field="provider")
    under_way = Payment.objects.open().filter(order=order, provider=name)
    if (payment := under_way.first()) is not None:
        if payment.amount == amount:
            return payment
        expire_payment(payment=payment, now=now)
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                order=order,
                provider=name,
                amount=amount,
                currency=order.currency,
                return_url=return_url,
                created_at=now,
            )
            enqueue("ask_payment", key=str(payment.pk), run_at=now + FIRST_QUESTION, payment_id=payment.pk)
            return payment
    except IntegrityError:  # the other one of two clicks was quicker
        return under_way.get()


def begin_payment(*, payment: Payment, now: datetime, on_phone: bool = False, client_ip: str = "") -> str:
    """Announce the payment to its provider; returns where the customer authorises it.

    The one word with a provider for which anybody waits. Must not be called inside a transaction.
    Raises ProviderUnavailable, PaymentDeclined, and BegunOtherwise where it takes another payment; this one is ended.
    """
    try:
        provider = provider_named(payment.provider)
        begun = provider.begin(payment, now=now, on_phone=on_phone, client_ip=client_ip)
    except BegunOtherwise:
        expire_payment(payment=payment, now=now)
        raise
    except ProviderRefused as refusal:
        decline_payment(payment=payment, now=now, why=str(refusal))
        raise PaymentDeclined from refusal
    except CinemaError:
        raise
    except Exception as fault:
        logger.exception("Payment %s could not be begun at %s", payment.pk, payment.provider)
        raise ProviderUnavailable from fault
    Payment.objects.filter(pk=payment.pk, status=Status.CREATED).update(
        status=Status.PENDING, provider_reference=begun.provider_reference[:200]
    )
    return begun.address


def find_payment(*, reference: UUID) -> Payment:
    """The payment with its order. Raises PaymentNotFound."""
    found = Payment.objects.select_related(*WITH_ORDER).filter(reference=reference).first()
    if found is None:
        raise PaymentNotFound
    return found


def take_payment(
    *,
    payment: Payment,
    amount: int | None,
    captured: bool,
    now: datetime,
    currency: str = "",
    provider_reference: str = "",
) -> Payment:
    """The provider has reserved (or ``captured``) the money: sell the order for it, or let go of it.

    Hearing it twice, late or out of order changes nothing that was decided. Returns the payment as it is then.
    """
    if provider_reference and provider_reference != payment.provider_reference:  # what it is known by from now on
        Payment.objects.filter(pk=payment.pk).update(provider_reference=provider_reference[:200])
    if payment.status in UNDECIDED:
        refusal = _other_sum(payment, amount, currency) or _sell(payment, captured, now)
        if refusal:
            let_go(payment=payment, captured=captured, now=now, why=refusal, from_=UNDECIDED)
    elif captured and payment.status == Status.AUTHORISED:
        note_captured(payment=payment, now=now)
    elif captured and payment.status in {Status.VOIDING, Status.VOIDED}:
        let_go(payment=payment, captured=True, now=now, why=payment.last_error, from_=[Status.VOIDING, Status.VOIDED])
    payment.refresh_from_db(fields=["status", "decided_at", "settled_at", "last_error"])
    return payment


@transaction.atomic
def note_captured(*, payment: Payment, now: datetime) -> None:
    """What was reserved for a sold order has been taken. Once."""
    reserved = Payment.objects.filter(pk=payment.pk, status=Status.AUTHORISED, settled_at=None)
    if reserved.update(status=Status.CAPTURED, settled_at=now, failed_at=None):
        post_capture(payment, now=now)


@transaction.atomic
def note_disputed(*, payment: Payment, why: str, now: datetime) -> None:
    """The customer's bank contests it: kept on the payment and in the journal, once. Its tickets stay valid."""
    undisputed = Payment.objects.filter(pk=payment.pk, disputed_at=None)
    if undisputed.update(disputed_at=now, last_error=why[:300]):
        post_dispute(payment, now=now)


@transaction.atomic
def let_go(*, payment: Payment, captured: bool, now: datetime, why: str, from_: Collection[str]) -> bool:
    """Have the provider void the payment, or pay back what it took already; its customer is told. Once."""
    status, job = (Status.RETURNING, "return_payment") if captured else (Status.VOIDING, "void_payment")
    undecided = Payment.objects.filter(pk=payment.pk, status__in=from_)
    if not undecided.update(status=status, decided_at=now, settled_at=None, last_error=why[:300]):
        return False
    if captured:
        post_unsold(payment, now=now)
    enqueue(job, key=str(payment.pk), run_at=now, payment_id=payment.pk)
    tell_not_sold(order=payment.order, was_charged=captured, now=now)
    return True


def decline_payment(*, payment: Payment, now: datetime, why: str = "") -> bool:
    """The provider said no; the order still waits for another attempt."""
    undecided = Payment.objects.open().filter(pk=payment.pk)
    return bool(undecided.update(status=Status.DECLINED, decided_at=now, settled_at=now, last_error=why[:300]))


@transaction.atomic
def expire_payment(*, payment: Payment, now: datetime) -> bool:
    """The customer never decided: wait no longer. A yes that comes all the same is heard (``take_payment``)."""
    undecided = Payment.objects.open().filter(pk=payment.pk)
    if not undecided.update(status=Status.EXPIRED, decided_at=now):
        return False
    enqueue("void_payment", key=str(payment.pk), run_at=now, payment_id=payment.pk)
    return True


def refuse_if_not_payable(order: Order, now: datetime) -> None:
    """Raise WrongOrderStatus, SalesClosed, or SeatsTaken where its hold ran out and others have its seats."""
    if order.status != Order.Status.PENDING:
        raise WrongOrderStatus
    if not order.showtime.is_on_sale(now):
        raise SalesClosed
    if order.is_expired(now) and (lost := _seats_of_others(order, now)):
        raise SeatsTaken(labels=lost)


def _other_sum(payment: Payment, amount: int | None, currency: str) -> str:
    paid = (payment.amount if amount is None else amount, currency or payment.currency)
    if paid == (payment.amount, payment.currency):
        return ""
    why = f"{as_text(*paid)} {paid[1]} instead of {as_text(payment.amount, payment.currency)} {payment.currency}"
    logger.error("payment %s: %s", payment.pk, why)
    return why


def _sell(payment: Payment, captured: bool, now: datetime) -> str:
    """Sell the order for this payment, both or neither; returns why not, or "" when it is sold."""
    last = ShowtimeChanged.code
    for _attempt in range(ATTEMPTS):
        try:
            _take_and_sell(payment, captured, now)
            return ""
        except ShowtimeChanged:
            continue  # a new price, say: what was bought can be sold all the same, or the next look refuses it
        except OtherSumDue as changed:  # another part of the order was paid, or let go of, in this very moment
            last = changed.code
            payment.order.refresh_from_db(fields=["tendered_amount"])
        except CinemaError as refusal:
            logger.info("payment %s is let go of: %s", payment.pk, refusal.code)
            return refusal.code
    return last


def _take_and_sell(payment: Payment, captured: bool, now: datetime) -> None:
    with transaction_in_turn():
        if payment.amount < payment.order.rest_amount:
            take_part(payment=payment, captured=captured, now=now)
        else:
            tenders = [*earlier_tenders(payment.order), tender_of(payment, captured=captured)]
            sell_order(order=payment.order, tenders=tenders, now=now)
        status, settled_at = (Status.CAPTURED, now) if captured else (Status.AUTHORISED, None)
        undecided = Payment.objects.filter(pk=payment.pk, status__in=UNDECIDED)
        if not undecided.update(status=status, decided_at=now, settled_at=settled_at):
            raise WrongOrderStatus
        if payment.order.status == Order.Status.PAID:
            follow_up(payment.order, now)


def follow_up(order: Order, now: datetime) -> None:
    """All that comes of a sale in one INSERT: the job's handler writes the letter and has the money captured."""
    enqueue("order_sold", key=str(order.pk), run_at=now, order_id=order.pk)


def _seats_of_others(order: Order, now: datetime) -> list[str]:
    others = Claim.objects.live(now).filter(showtime_id=order.showtime_id).exclude(order=order)
    lines = order.lines.filter(seat_id__in=others.values("seat_id"))
    return list(lines.values_list("label", flat=True))
