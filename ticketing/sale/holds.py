"""Holding seats: from a choice on the map to an order that waits for payment."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from cinema.errors import Conflict, Forbidden, InvalidInput
from cinema.rate_limits import Caller
from cinema.rate_limits.callers import NOBODY
from ticketing.prices.models import PriceType
from ticketing.prices.tariffs import Tariff
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import ShowtimeNotFound
from ticketing.sale.best_seats import refuse_orphans
from ticketing.sale.claims import SeatsTaken, announce_seats, seats_in_order, take_seats, transaction_in_turn
from ticketing.sale.hold_budget import return_hold, spend_hold
from ticketing.sale.ledger import record_held
from ticketing.sale.models import Claim, Order, OrderLine
from ticketing.sale.offers import Offer, read_offer
from ticketing.venue.models import Hall, Seat

SeatReference = int | str
MAX_KEY_LENGTH = 255
LOCK_CUSTOMER = "SELECT id, status, banned_until FROM accounts_user WHERE id = %s {locking}"


class SalesClosed(Conflict):
    """The showtime has begun, was cancelled, or its hall is closed."""

    code = "sales_closed"
    message = _("Tickets for this showtime are no longer on sale.")


class NoSeatsChosen(InvalidInput):
    """An order needs a seat."""

    code = "no_seats"
    message = _("Please choose at least one seat.")


class TooManySeats(InvalidInput):
    """More seats than one order may have."""

    code = "too_many_seats"


class TooManyPendingOrders(Conflict):
    """The customer has as many unpaid orders as the house allows."""

    code = "too_many_pending"
    message = _("You have too many unpaid orders. Please pay or cancel one first.")


class CustomerBanned(Forbidden):
    """A banned customer buys nothing."""

    code = "banned"
    message = _("This account has been banned.")


class IdempotencyConflict(Conflict):
    """The same key was used for another request."""

    code = "idempotency_conflict"
    message = _("This Idempotency-Key was already used for a different order.")


def hold_seats(
    *,
    showtime_id: int,
    seats: Sequence[SeatReference],
    customer: User | None,
    now: datetime,
    price_types: Mapping[str, str] | None = None,
    channel: str = Order.Channel.WEB,
    idempotency_key: str = "",
    clerk: User | None = None,
    caller: Caller = NOBODY,
    first: Callable[[], None] | None = None,
) -> Order:
    """Hold these seats (ids or labels) for the customer: a pending order, or by raising nothing at all.

    ``price_types`` maps a seat's id or label to its price type; adult where it is silent. With an ``idempotency_key``
    the same request again answers the same order. A ``clerk`` sells at the counter, where the customer may be None
    and neither the pending limit nor the rule against single seats applies. ``caller`` spends a budget of unpaid seats.
    ``first`` is done at the beginning of the same transaction.
    Raises ShowtimeNotFound, SalesClosed, NoSeatsChosen, TooManySeats, SeatsTaken, OrphanSeat, TooManyPendingOrders,
    CustomerBanned, PriceTypeNotOffered, IdempotencyConflict, ShowtimeChanged, TooManyUnpaidSeats.
    """
    digest = request_digest(showtime_id=showtime_id, seats=seats, price_types=price_types)
    _refuse_bad_key(idempotency_key)
    count = min(len(seats), settings.MAX_SEATS_PER_ORDER)
    held_from = spend_hold(caller=caller, showtime_id=showtime_id, seats=count)
    facts = {"channel": channel, "idempotency_key": idempotency_key, "idempotency_digest": digest}
    is_new = False
    try:
        order, is_new = _hold_once(
            showtime_id=showtime_id,
            references=seats,
            customer=customer,
            now=now,
            price_types=price_types or {},
            clerk=clerk,
            order_facts=facts | {"held_from": held_from},
            first=first,
        )
    finally:
        if held_from and not is_new:
            return_hold(held_from=held_from, showtime_id=showtime_id, seats=count)
    return order


def _hold_once(
    *,
    showtime_id: int,
    references: Sequence[SeatReference],
    customer: User | None,
    now: datetime,
    price_types: Mapping[str, str],
    clerk: User | None,
    order_facts: dict,
    first: Callable[[], None] | None,
) -> tuple[Order, bool]:
    """The order, and whether it is a new one."""
    key, digest = order_facts["idempotency_key"], order_facts["idempotency_digest"]
    try:
        with transaction_in_turn():
            _lock_customer(customer, now)
            if first is not None:
                first()
            # Read under the lock: a request sent twice at once waits here for its twin, then answers the twin's order.
            asked = references[: settings.MAX_SEATS_PER_ORDER]
            offer = read_offer(showtime_id=showtime_id, references=asked, customer=customer, key=key, now=now)
            repeated = offer is None or offer.repeated
            if key and repeated and (earlier := _earlier(customer, key, digest)):
                return earlier, False
            order = _hold(
                offer=_on_sale(offer, now, limited=clerk is None),
                references=references,
                customer=customer,
                now=now,
                price_types=price_types,
                clerk=clerk,
                order_facts=order_facts,
            )
            return order, True
    except IntegrityError:
        # Where there was no customer to lock a constraint let one of two in; the other answers that one's order.
        if key and (earlier := _earlier(customer, key, digest)):
            return earlier, False
        raise


def request_digest(
    *, showtime_id: int, seats: Sequence[SeatReference], price_types: Mapping[str, str] | None = None
) -> str:
    """A fingerprint of what was asked for, to tell a repeated request from another one."""
    asked = [showtime_id, sorted(str(seat) for seat in seats), sorted((price_types or {}).items())]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _refuse_bad_key(key: str) -> None:
    if len(key) > MAX_KEY_LENGTH or not key.isprintable():
        raise InvalidInput(_("An Idempotency-Key has at most 255 characters."), field="Idempotency-Key")


def _hold(
    *,
    offer: Offer,
    references: Sequence[SeatReference],
    customer: User | None,
    now: datetime,
    price_types: Mapping[str, str],
    clerk: User | None,
    order_facts: dict,
) -> Order:
    _refuse_bad_count(references)
    showtime = offer.showtime
    chosen = seats_in_order(offer.seats, references)
    if len(chosen) != len(references):
        raise InvalidInput(_("The same seat was chosen twice."), field="seats")
    if clerk is None and showtime.hall.orphan_rule != Hall.OrphanRule.OFF:
        refuse_orphans(showtime=showtime, chosen=chosen, now=now)
    lines = _priced_lines(offer.tariff, chosen, price_types)
    _refuse_taken(offer, chosen)
    order = Order.objects.create(
        customer=customer,
        showtime=showtime,
        sold_by=clerk,
        total_amount=sum(line.price for line in lines),
        currency=showtime.currency,
        created_at=now,
        expires_at=min(now + timedelta(minutes=settings.HOLD_MINUTES), showtime.sales_close_at),
        **order_facts,
    )
    take_seats(order=order, seat_ids=[seat.pk for seat in chosen], now=now, held_until=order.expires_at)
    for line in lines:
        line.order, line.currency = order, order.currency
    OrderLine.objects.bulk_create(lines)
    record_held(order=order, lines=lines, now=now)
    announce_seats(
        showtime_id=showtime.pk,
        seat_ids=[seat.pk for seat in chosen],
        status=Claim.Status.HELD,
        sales_version=showtime.sales_version,
    )
    return _with_lines(order, lines)


def _with_lines(order: Order, lines: list[OrderLine]) -> Order:
    """The order as if its lines had been loaded with it: who shows them asks nothing more."""
    loaded = order.lines.all()
    loaded._result_cache = lines
    order.__dict__["_prefetched_objects_cache"] = {"lines": loaded}
    return order


def _lock_customer(customer: User | None, now: datetime) -> None:
    # So that parallel orders of one customer count one another, and a ban is final.
    if customer is not None:
        locking = connection.ops.for_update_sql(no_key=True) if connection.features.has_select_for_update else ""
        for locked in User.objects.raw(LOCK_CUSTOMER.format(locking=locking), [customer.pk]):
            if locked.is_banned(now):
                raise CustomerBanned


def _on_sale(offer: Offer | None, now: datetime, *, limited: bool) -> Offer:
    if offer is None or offer.showtime.status == Showtime.Status.DRAFT:
        raise ShowtimeNotFound
    if not offer.showtime.is_on_sale(now):
        raise SalesClosed
    if limited and offer.unpaid_orders >= settings.MAX_PENDING_ORDERS:
        raise TooManyPendingOrders
    return offer


def _refuse_taken(offer: Offer, chosen: Sequence[Seat]) -> None:
    # Spares a rush for few seats the writing; between two who both find a seat free, ``take_seats`` decides.
    if taken := [seat.pk for seat in chosen if seat.pk in offer.taken]:
        raise SeatsTaken(seat_ids=taken)


def _refuse_bad_count(references: Sequence[SeatReference]) -> None:
    most = settings.MAX_SEATS_PER_ORDER
    if not references:
        raise NoSeatsChosen(field="seats")
    if len(references) > most:
        message = ngettext_lazy("An order has at most %(most)s seat.", "An order has at most %(most)s seats.", most)
        raise TooManySeats(message % {"most": most}, field="seats")


def _priced_lines(tariff: Tariff, chosen: Sequence[Seat], price_types: Mapping[str, str]) -> list[OrderLine]:
    asked = {str(reference).strip().upper(): price_type for reference, price_type in price_types.items()}
    if asked.keys() - {name for seat in chosen for name in (str(seat.pk), seat.label.upper())}:
        raise InvalidInput(_("A price was given for a seat that was not chosen."), field="price_types")
    lines = []
    for seat in chosen:
        price_type = asked.get(str(seat.pk)) or asked.get(seat.label.upper()) or PriceType.ADULT
        price = tariff.price(seat, price_type)
        lines.append(OrderLine(seat=seat, label=seat.label, price_type=price_type, price=price))
    return lines


def _earlier(customer: User | None, key: str, digest: str) -> Order | None:
    order = Order.objects.filter(customer=customer, idempotency_key=key).first()
    if order is not None and order.idempotency_digest != digest:
        raise IdempotencyConflict
    return order
