"""Paying with a gift card on the customer's page: all of an order, or as much of it as is left on the card."""

from datetime import datetime

from cinema.rate_limits import Caller
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.gift_cards import find_gift_card, take_from_card
from ticketing.money.models import Payment
from ticketing.money.parts import give_back_part
from ticketing.money.payments import PaymentNotFound, expire_payment, follow_up, refuse_if_not_payable
from ticketing.money.providers.counter import GIFT_CARD
from ticketing.money.tenders import earlier_tenders, take_part, tender_of
from ticketing.sale.claims import transaction_in_turn
from ticketing.sale.models import Order
from ticketing.sale.orders import OtherSumDue, sell_order


def redeem_gift_card(*, order: Order, code: str, now: datetime, caller: Caller | None = None) -> Payment:
    """Pay with the card of this code; the order is sold where that is all it lacks, else the rest is to be paid.

    What is under way at a provider for another sum is ended. Raises what ``find_gift_card`` raises, WrongOrderStatus,
    SalesClosed, SeatsTaken, OtherSumDue; then nothing has happened.
    """
    refuse_if_not_payable(order, now)
    card = find_gift_card(code=code, now=now, caller=caller)
    payment = _redeemed(order, card, now)
    for under_way in Payment.objects.open().filter(order=order):
        expire_payment(payment=under_way, now=now)
    return payment


def take_off_gift_card(*, order: Order, payment_id: int, now: datetime) -> None:
    """The customer pays otherwise: what the card paid goes back onto it. Raises PaymentNotFound."""
    paid = Payment.objects.standing().filter(pk=payment_id, order=order, provider=GIFT_CARD)
    if not paid.exists() or not give_back_part(payment_id=payment_id, now=now, why="by_customer", by_customer=True):
        raise PaymentNotFound


def _redeemed(order: Order, card: GiftCard, now: datetime) -> Payment:
    with transaction_in_turn():
        locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        order.tendered_amount = locked.tendered_amount
        card = GiftCard.objects.select_for_update(no_key=True).get(pk=card.pk)
        amount = min(card.balance_amount, order.rest_amount)
        if not order.rest_amount:
            raise OtherSumDue
        take_from_card(card=card, amount=amount, now=now)
        earlier = earlier_tenders(order)
        payment = Payment.objects.create(
            order=order,
            provider=GIFT_CARD,
            gift_card=card,
            amount=amount,
            currency=order.currency,
            status=Payment.Status.CAPTURED,
            created_at=now,
            decided_at=now,
            settled_at=now,
        )
        if amount < order.rest_amount:
            take_part(payment=payment, captured=True, now=now)
        else:
            sell_order(order=order, tenders=[*earlier, tender_of(payment, captured=True)], now=now)
            follow_up(order, now)
    return payment
