"""Taking money in the house: by one means, or by several for one order: cash and the card terminal, say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from ticketing.money.attesting_tills import till_of
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.gift_cards import take_from_card
from ticketing.money.models import Payment
from ticketing.money.own_orders import refuse_own_order
from ticketing.money.payments import follow_up, refuse_if_not_payable
from ticketing.money.providers import IN_HOUSE, UnknownProvider
from ticketing.money.providers.counter import AT_TILL, GIFT_CARD, ONTO_CARDS
from ticketing.money.shifts import shift_to_book
from ticketing.money.tenders import earlier_tenders, tender_of
from ticketing.money.till_models import Shift
from ticketing.sale.claims import transaction_in_turn
from ticketing.sale.models import Order
from ticketing.sale.orders import OtherSumDue, sell_order


@dataclass(frozen=True)
class Part:
    """So much by one means; ``received`` is the cash that was handed over, change included."""

    method: str
    amount: int
    received: int | None = None
    card: GiftCard | None = None


def pay_in_house(
    *, order: Order, provider: str, now: datetime, by: User | None, received: int | None = None
) -> Payment:
    """Pay at the counter, by a clerk's word, or for nothing: order sold and money taken in one go.

    It is booked in the clerk's shift; ``received`` is what a customer handed over in cash, change included.
    What was paid towards the order before counts. Raises OwnOrder, ShiftNeeded, WrongOrderStatus, SalesClosed,
    SeatsTaken, UnknownProvider, OtherSumDue, ShowtimeChanged; then nothing has happened.
    """
    refuse_own_order(order=order, by=by)
    with transaction_in_turn():
        return _pay_in_house(order, provider, now, by, received)


def _pay_in_house(order: Order, provider: str, now: datetime, by: User | None, received: int | None) -> Payment:
    refuse_if_not_payable(order, now)
    name = provider if order.total_amount else "free"
    if name not in IN_HOUSE - ONTO_CARDS or (order.total_amount and name == "free"):
        raise UnknownProvider(field="provider")
    shift, earlier = shift_to_book(method=name, by=by), earlier_tenders(order)
    payment = Payment.objects.create(
        order=order,
        provider=name,
        amount=order.rest_amount,
        currency=order.currency,
        operator=by,
        shift=shift,
        received_amount=received if name == "cash" else None,
        status=Payment.Status.CAPTURED,
        created_at=now,
        decided_at=now,
        settled_at=now,
    )
    tenders = [*earlier, tender_of(payment, captured=True)]
    sell_order(order=order, tenders=tenders, now=now, by=by, till=till_of(shift))
    if order.customer_id is not None:
        follow_up(order, now)
    return payment


def pay_in_parts(*, order: Order, parts: Sequence[Part], now: datetime, by: User) -> list[Payment]:
    """Take what the order still lacks by several means, and sell it: all of them or none.

    Raises what ``pay_in_house`` raises, and OtherSumDue where the parts don't come to what is due,
    and GiftCardSpent.
    """
    refuse_own_order(order=order, by=by)
    with transaction_in_turn():
        refuse_if_not_payable(order, now)
        _refuse_other_sums(order, parts)
        shift, earlier = shift_to_book(method="cash", by=by), earlier_tenders(order)
        # Gift cards first and by their ids: locked in one sequence, and the last that money goes back to.
        in_turn = sorted(parts, key=lambda part: (part.card is None, part.card.pk if part.card else 0))
        payments = [_written(order, part, shift, now, by) for part in in_turn]
        tenders = [*earlier, *(tender_of(payment, captured=True) for payment in payments)]
        sell_order(order=order, tenders=tenders, now=now, by=by, till=till_of(shift))
        if order.customer_id is not None:
            follow_up(order, now)
    return payments


def _refuse_other_sums(order: Order, parts: Sequence[Part]) -> None:
    means = [part.card.pk if part.card else part.method for part in parts]
    allowed = all(part.method == GIFT_CARD if part.card else part.method in AT_TILL for part in parts)
    if not parts or len(set(means)) != len(means) or not allowed:
        raise UnknownProvider(field="provider")
    if any(part.amount <= 0 for part in parts) or sum(part.amount for part in parts) != order.rest_amount:
        raise OtherSumDue


def _written(order: Order, part: Part, shift: Shift | None, now: datetime, by: User) -> Payment:
    if part.card is not None:
        take_from_card(card=part.card, amount=part.amount, now=now)
    return Payment.objects.create(
        order=order,
        provider=part.method,
        gift_card=part.card,
        amount=part.amount,
        currency=order.currency,
        operator=by,
        shift=shift,
        received_amount=part.received if part.method == "cash" else None,
        status=Payment.Status.CAPTURED,
        created_at=now,
        decided_at=now,
        settled_at=now,
    )
