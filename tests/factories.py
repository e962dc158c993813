"""People, films, halls, showtimes and orders for any test, each in one line with only what matters said.

Real rows, made through the domain where it has a function for it. What nobody names is plausible and distinct.
Times hang on ``now``: leave it out where the code under test reads the clock itself (pages, API), give it in domain
tests.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import Movie
from cinema.money import to_minor
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Hall, Order, Payment, PriceCard, PriceRule, Seat, Shift, Showtime, Till
from ticketing.money.events import receive_event
from ticketing.money.gift_cards import Issued, issue_gift_card
from ticketing.money.payments import begin_payment, start_payment
from ticketing.money.providers import PROVIDERS
from ticketing.money.shifts import open_shift
from ticketing.sale.holds import hold_seats
from ticketing.venue.grids import SeatPlan, row_label

PASSWORD = "a-good-long-password"
_numbers = itertools.count(1)


def money(amount: Decimal | int | str) -> int:
    """So much of the house's currency, as the database has it: ``money(45)`` is 4500 fen."""
    return to_minor(amount)


def a_customer(username: str = "", **facts: Any) -> User:
    """An account with the password ``PASSWORD``."""
    name = username or f"customer{next(_numbers)}"
    facts = {"email": f"{name}@example.com", **facts}
    return User.objects.create_user(username=name, password=PASSWORD, **facts)


def a_clerk(username: str = "", **facts: Any) -> User:
    """A member of staff without any permission yet."""
    return a_customer(username or f"clerk{next(_numbers)}", is_staff=True, **facts)


def a_till(code: str = "", **facts: Any) -> Till:
    """A till in use; with the first one the house sells within shifts."""
    code = code or f"T{next(_numbers)}"
    return Till.objects.create(code=code, **{"name": f"收银台 {code}", **facts})


def a_shift(clerk: User, *, now: datetime | None = None, float_amount: int = 0, till: Till | None = None) -> Shift:
    """This clerk's open shift, at a till of its own unless one is named."""
    till = till or a_till()
    return open_shift(till_id=till.pk, clerk=clerk, float_amount=float_amount, now=now or timezone.now())


def an_administrator(username: str = "", **facts: Any) -> User:
    """Someone who may do everything."""
    return a_clerk(username or f"administrator{next(_numbers)}", is_superuser=True, **facts)


def a_gift_card(amount: int = 50, *, by: User | None = None, now: datetime | None = None) -> Issued:
    """A gift card given away by the house, worth so much of its currency; with its code."""
    facts = {"method": "given", "reason": "test", "now": now or timezone.now()}
    return issue_gift_card(amount=money(amount), by=by or a_clerk(), **facts)


def a_movie(title: str = "", **facts: Any) -> Movie:
    """A film of 100 minutes, on show."""
    known = {"duration": 100, "status": Movie.Status.RELEASED}
    return Movie.objects.create(title=title or f"影片{next(_numbers)}", **{**known, **facts})


def a_hall(*, rows: int = 3, cols: int = 8, plan: Sequence[str] = (), **facts: Any) -> Hall:
    """A hall of ``rows`` times ``cols`` seats, A1 nearest the screen on the left.

    ``plan`` draws it instead, a text a row: ``o`` a seat, ``_`` an aisle, ``x`` a blocked seat, ``v`` VIP, ``c``
    couple, ``w`` wheelchair, ``m`` companion. An aisle takes a number too, so that ``oo_oo`` is A1 A2 A4 A5.
    """
    hall = Hall.objects.create(**{"name": f"{next(_numbers)}号厅", **facts})
    kinds = {"o": "standard", "x": "standard", "v": "vip", "c": "couple", "w": "wheelchair", "m": "companion"}
    seats = [
        SeatPlan(row_label(y), x + 1, x=x + 1, y=y, kind=kinds[mark], is_available=mark != "x")
        for y, row in enumerate(plan or ["o" * cols] * rows)
        for x, mark in enumerate(row)
        if mark != "_"
    ]
    Seat.objects.bulk_create(Seat(hall=hall, **vars(seat)) for seat in seats)
    return hall


def a_price_card(**amounts: int | str) -> PriceCard:
    """A price card: ``a_price_card(vip=20, child=-15)``."""
    card = PriceCard.objects.create(name=f"价目{next(_numbers)}")
    for name, amount in amounts.items():
        which = "seat_kind" if name in Seat.Kind.values else "price_type"
        PriceRule.objects.create(card=card, amount=money(amount), **{which: name})
    return card


def a_showtime(
    *,
    hall: Hall | None = None,
    movie: Movie | None = None,
    now: datetime | None = None,
    starts_at: datetime | None = None,
    **facts: Any,
) -> Showtime:
    """A published showtime a day after ``now``, at 45.00, in a hall of its own."""
    movie, hall = movie or a_movie(), hall or a_hall()
    starts_at = starts_at or (now or timezone.now()) + timedelta(days=1)
    preshow = facts.setdefault("preshow_minutes", hall.preshow_minutes)
    ends_at = starts_at + timedelta(minutes=preshow + movie.duration)
    known = {
        "price": money(45),
        "ends_at": ends_at,
        "clears_at": ends_at + timedelta(minutes=hall.turnaround_minutes),
    }
    return Showtime.objects.create(movie=movie, hall=hall, starts_at=starts_at, **{**known, **facts})


def an_order(
    *,
    showtime: Showtime | None = None,
    seats: Sequence[int | str] = ("A1",),
    customer: User | None = None,
    now: datetime | None = None,
    **facts: Any,
) -> Order:
    """A pending order for these seats (labels or ids)."""
    now = now or timezone.now()
    showtime = showtime or a_showtime(now=now)
    return hold_seats(showtime_id=showtime.pk, seats=seats, customer=customer or a_customer(), now=now, **facts)


def begun(order: Order, now: datetime) -> Payment:
    """A payment on its way: the sandbox bank knows of it, the customer hasn't decided."""
    payment = start_payment(order=order, provider="sandbox", now=now)
    begin_payment(payment=payment, now=now)
    return payment


def authorised(payment: Payment, now: datetime, *, yes: bool = True, mood: str = "") -> Payment:
    """The customer's word at the bank, and what the house makes of the bank's call-backs; the payment as it is then."""
    for headers, body in PROVIDERS["sandbox"].decide(payment.reference, authorise=yes, now=now, mood=mood):
        receive_event(provider="sandbox", headers=headers, body=body, now=now)
    payment.refresh_from_db()
    return payment


def afterwards(now: datetime) -> None:
    """Whatever jobs sales, refunds and call-offs left behind, done at ``now``."""
    do_jobs(*AFTER_SALES, at=now)


def pay(order: Order, *, now: datetime | None = None, authorise: bool = True) -> Order:
    """The customer goes to the sandbox bank and says yes (or no); answers the order as it is then."""
    now = now or timezone.now()
    authorised(begun(order, now), now, yes=authorise)
    afterwards(now)
    return Order.objects.with_details().get(pk=order.pk)


def a_paid_order(**facts: Any) -> Order:
    """An order paid at the sandbox bank, with its tickets; takes what ``an_order`` takes."""
    return pay(an_order(**facts), now=facts.get("now"))
