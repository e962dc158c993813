"""Selling at the counter. Cash is one step: held, paid and sold together or not at all.

A card is two: the seats are held while the customer stands at the terminal, then sold, or free again at once. In a
house that has tills both take an open shift; it is asked for before the customer reaches for their card.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import CinemaError, InvalidInput
from cinema.rate_limits import Caller
from ticketing.models import GiftCard, Order
from ticketing.money.gift_cards import find_gift_card
from ticketing.money.in_house import Part, pay_in_house, pay_in_parts
from ticketing.money.providers.counter import GIFT_CARD
from ticketing.money.shifts import ShiftNeeded, open_shift_of
from ticketing.money.tills import needs_shift
from ticketing.sale.holds import hold_seats
from ticketing.sale.orders import OrderNotFound, OtherSumDue, cancel_order


class NotEnoughCash(InvalidInput):
    """The customer gave less than the seats cost; ``details['total']`` is what they cost."""

    code = "not_enough_cash"
    message = _("That is less than the total.")


def sell_for_cash(
    *,
    showtime_id: int,
    seats: Sequence[int | str],
    price_types: Mapping[str, str],
    received: int | None,
    clerk: User,
    now: datetime,
    key: str,
) -> Order:
    """Sell these seats for cash in one go. ``received`` is what the customer handed over, None for the exact sum.

    The same ``key`` again answers the sale it already made, so that a double click sells once.
    Raises what ``hold_seats`` and ``pay_in_house`` raise, and NotEnoughCash; then nothing has happened.
    """
    with transaction.atomic():
        order = reserve(showtime_id=showtime_id, seats=seats, price_types=price_types, clerk=clerk, now=now, key=key)
        if order.status == Order.Status.PAID:
            return order
        if received is not None and received < order.total_amount:
            raise NotEnoughCash(field="received", total=order.total_amount)
        pay_in_house(order=order, provider="cash", now=now, by=clerk, received=received)
        return order


def reserve_for_card(
    *,
    showtime_id: int,
    seats: Sequence[int | str],
    price_types: Mapping[str, str],
    clerk: User,
    now: datetime,
    key: str,
) -> Order:
    """Hold these seats while the customer is at the terminal. Raises ShiftNeeded and what ``hold_seats`` raises."""
    if needs_shift("card") and open_shift_of(clerk) is None:
        raise ShiftNeeded
    return reserve(showtime_id=showtime_id, seats=seats, price_types=price_types, clerk=clerk, now=now, key=key)


def reserve(
    *,
    showtime_id: int,
    seats: Sequence[int | str],
    price_types: Mapping[str, str],
    clerk: User,
    now: datetime,
    key: str,
) -> Order:
    """Hold these seats for the person at the counter. Raises what ``hold_seats`` raises."""
    return hold_seats(
        showtime_id=showtime_id,
        seats=seats,
        customer=None,
        price_types=price_types,
        channel=Order.Channel.COUNTER,
        clerk=clerk,
        now=now,
        idempotency_key=key,
    )


def finish_by_card(*, order: Order, clerk: User, now: datetime) -> Order:
    """The terminal took the money: sell. If that can't be, the seats are free at once and the refusal is raised.

    Raises what ``pay_in_house`` raises.
    """
    try:
        pay_in_house(order=order, provider="card", now=now, by=clerk)
    except ShiftNeeded:
        raise  # the seats stay held: open a shift and say it again
    except CinemaError:
        order.refresh_from_db()
        if order.status == Order.Status.PENDING:
            cancel_order(order=order, now=now, by=clerk)
        raise
    order.refresh_from_db()
    return order


def cards_of(*, codes: Sequence[str], now: datetime, caller: Caller | None = None) -> list[GiftCard]:
    """The gift cards that were scanned, each once. Raises what ``find_gift_card`` raises."""
    cards = {card.pk: card for code in codes for card in [find_gift_card(code=code, now=now, caller=caller)]}
    return [cards[pk] for pk in sorted(cards)]


def parts_of(*, order: Order, cash: int, cards: Sequence[GiftCard] = ()) -> list[Part]:
    """How the rest of a sale is taken: off these gift cards, in cash as far as it was handed over, then by card."""
    rest, parts = order.rest_amount, []
    for card in cards:
        parts.append(Part(GIFT_CARD, min(card.balance_amount, rest), card=card))
        rest -= parts[-1].amount
    in_cash = min(cash, rest)
    parts += [Part("cash", in_cash, received=cash), Part("card", rest - in_cash)]
    return [part for part in parts if part.amount]


def finish_in_parts(
    *, order: Order, cash: int, on_card: int, clerk: User, now: datetime, cards: Sequence[GiftCard] = ()
) -> Order:
    """So much cash was handed over and so much taken by the terminal, the rest is on gift cards: sell for all of it.

    If that can't be, the sale stays open for another try. Raises what ``pay_in_parts`` raises.
    """
    parts = parts_of(order=order, cash=cash, cards=cards)
    if on_card != sum(part.amount for part in parts if part.method == "card"):
        raise OtherSumDue
    pay_in_parts(order=order, parts=parts, now=now, by=clerk)
    order.refresh_from_db()
    return order


def find_sale(*, order_id: int) -> Order:
    """A sale made at a counter, with all its details. Raises OrderNotFound, for orders of other channels too."""
    sale = Order.objects.filter(channel=Order.Channel.COUNTER).with_details()
    found = sale.select_related("showtime__movie", "showtime__hall", "sold_by").filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found


def latest_sales(clerk: User, count: int = 8) -> QuerySet[Order]:
    """What this clerk sold last, and what is still open."""
    sales = Order.objects.filter(sold_by=clerk, channel=Order.Channel.COUNTER).select_related("showtime__movie")
    return sales.exclude(status=Order.Status.CANCELLED).prefetch_related("lines").newest_first()[:count]
