"""Over which of an order's payments a refund is spread, and by which way each share goes back.

The rule: the last payment first, gift cards last of all. A payment gives back what it took and no more; the fee is kept
of the first share, and of the next where that doesn't reach. An order with one payment has one share.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Sum

from accounts.models import User
from ticketing.money.models import Payment
from ticketing.money.providers import IN_HOUSE
from ticketing.money.providers.counter import AT_TILL, ONTO_CARDS
from ticketing.money.refund_models import Refund
from ticketing.money.shifts import locked_shift_of
from ticketing.money.till_models import Shift
from ticketing.money.tills import needs_shift
from ticketing.sale.models import Order


@dataclass(frozen=True)
class Share:
    """What one payment gives back, and what of it is kept as a fee."""

    payment: Payment
    amount: int
    fee: int


@dataclass(frozen=True)
class Payout:
    """Whether a share is with its owner at once, and out of whose drawer."""

    is_done: bool
    shift: Shift | None


def refund_order_of(payments: list[Payment]) -> list[Payment]:
    """The payments in the sequence in which they give money back."""
    return sorted(payments, key=lambda payment: (payment.provider in ONTO_CARDS, -payment.pk))


def shares_of(*, order: Order, value: int, fee: int) -> Iterator[Share]:
    """The shares of tickets worth ``value``, of which ``fee`` is kept. The order's row must be locked."""
    payments = refund_order_of(list(Payment.objects.standing().filter(order=order)))
    given = _given_back(order) if len(payments) > 1 else {}
    for number, payment in enumerate(payments, start=1):
        share = min(value, payment.amount - given.get(payment.pk, 0)) if len(payments) > 1 else value
        if not share and (value or number < len(payments)):
            continue
        kept = min(fee, share)
        yield Share(payment, share - kept, kept)
        value, fee = value - share, fee - kept
        if not value:
            return
    raise ValueError(f"Order {order.pk} gives back {value} more than was paid for it.")


def payout_of(share: Share, *, by: User | None, handed_out: bool) -> Payout:
    """How a share goes back: what was paid in the house is handed out now, where whoever does it may and can."""
    name = share.payment.provider
    shift = locked_shift_of(by) if handed_out and name in AT_TILL else None
    has_drawer = shift is not None or not needs_shift(name)
    is_done = not share.amount or name in ONTO_CARDS or (name in IN_HOUSE and handed_out and has_drawer)
    return Payout(is_done, shift)


def _given_back(order: Order) -> dict[int, int]:
    decided = Refund.objects.decided().filter(payment__order=order).order_by().values_list("payment")
    return dict(decided.annotate(sum=Sum(F("amount") + F("fee_amount"))))
