"""The programme: planning showtimes, moving them, calling them off."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Movie
from cinema.errors import CinemaError, Conflict, InvalidInput
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.claims import ShowtimeChanged, touch_sales
from ticketing.halls import HallNotFound
from ticketing.holds import ShowtimeNotFound
from ticketing.models import Hall, Order, Showtime
from ticketing.models.halls import LONGEST_PRESHOW
from ticketing.orders import cancel_order
from ticketing.refunds import refund_order

HIGHEST_PRICE = Decimal(100_000)


class ShowtimesOverlap(Conflict):
    """The hall is taken at that time; ``details['other']`` is the showtime in the way, where known."""

    code = "showtimes_overlap"
    message = _("Another showtime takes up the hall at this time.")


class ShowtimeHasOrders(Conflict):
    """People hold or have paid seats, so it can't be changed or deleted just so."""

    code = "showtime_has_orders"
    message = _("There are orders for this showtime.")


class HallClosed(Conflict):
    """A closed hall takes no new showtimes."""

    code = "hall_closed"
    message = _("This hall is closed.")


class MovieRemoved(Conflict):
    """A film that was taken down isn't shown."""

    code = "movie_removed"
    message = _("This movie has been taken down.")


@transaction.atomic
def add_showtime(
    *,
    movie: Movie,
    hall: Hall,
    starts_at: datetime,
    price: Decimal,
    status: str = Showtime.Status.PUBLISHED,
    preshow_minutes: int | None = None,
    **facts: Any,
) -> Showtime:
    """Plan a showtime; ``facts`` are its other fields (format, price_card, language_version).

    The hall is taken for advertising and trailers (the hall's usual time unless given), the film's length and the
    hall's turnaround. Raises ShowtimesOverlap, HallClosed, MovieRemoved, InvalidInput.
    """
    showtime = Showtime(movie=movie, hall=hall, starts_at=starts_at, price=price, status=status, **facts)
    showtime.preshow_minutes = hall.preshow_minutes if preshow_minutes is None else preshow_minutes
    return place(showtime)


@transaction.atomic
def update_showtime(*, showtime_id: int, now: datetime, seen: int | None = None, **facts: Any) -> Showtime:
    """Change what is given. With live orders film, hall and times stay, and it stays on sale.

    With ``seen``, the number of its newest history entry as it was read, nobody may have changed it since.
    A new price holds for orders to come. When it moves, orders whose hold has run out are closed: nobody pays late for
    another showtime than they chose. Raises ShowtimeNotFound, ShowtimeHasOrders, ShowtimesOverlap, HallClosed,
    MovieRemoved, InvalidInput, ShowtimeChanged.
    """
    planned = Showtime.objects.filter(pk=showtime_id).first()
    if planned is None:
        raise ShowtimeNotFound
    if moving := _moves(planned, facts):
        _lock_places(planned, facts)
        run_out = Order.objects.filter(showtime=planned, status=Order.Status.PENDING, expires_at__lte=now)
        run_out.update(status=Order.Status.CANCELLED, closed_at=now)
    touch_sales(showtimes=[showtime_id])
    showtime = locked_showtime(showtime_id)
    if _moves(showtime, facts) != moving or (seen is not None and seen != newest_change(showtime)):
        raise ShowtimeChanged  # by someone else, between the first look and the lock
    hidden = showtime.status != facts.get("status", showtime.status) != Showtime.Status.PUBLISHED
    if (moving or hidden) and has_live_orders(showtime, now):
        raise ShowtimeHasOrders
    for name, value in facts.items():
        setattr(showtime, name, value)
    if moving:
        return place(showtime)
    _refuse_bad_price(showtime.price)
    showtime.save()
    return showtime


@transaction.atomic
def delete_showtime(*, showtime_id: int, now: datetime) -> bool:
    """Erase a showtime nobody ever ordered for; one with past orders is cancelled and kept (answers False).

    Raises ShowtimeNotFound, ShowtimeHasOrders.
    """
    touch_sales(showtimes=[showtime_id])
    showtime = locked_showtime(showtime_id)
    if has_live_orders(showtime, now):
        raise ShowtimeHasOrders
    try:
        with transaction.atomic():
            showtime.delete()
    except ProtectedError:
        showtime.status = Showtime.Status.CANCELLED
        showtime.save(update_fields=["status"])
        return False
    return True


def cancel_showtime(*, showtime_id: int, now: datetime, by: User, reason: str = "") -> list[Order]:
    """Call a showtime off: no more sales, unpaid orders cancelled, paid ones refunded; answers the orders affected.

    Sales stop first and for good, so that running it again after an interruption finishes the refunds.
    Raises ShowtimeNotFound.
    """
    with transaction.atomic():
        touch_sales(showtimes=[showtime_id])
        showtime = locked_showtime(showtime_id)
        showtime.status = Showtime.Status.CANCELLED
        showtime.save(update_fields=["status"])
    affected = []
    for order in Order.objects.filter(showtime=showtime, status__in=[Order.Status.PENDING, Order.Status.PAID]):
        try:
            if order.status == Order.Status.PENDING:
                cancel_order(order=order, now=now, by=by)
            else:
                refund_order(order=order, now=now, by=by, reason=reason)
            affected.append(order)
        except CinemaError:
            # Its customer was quicker to cancel or refund it.
            continue
    publish_on_commit(showtime_topic(showtime.pk), {"reload": True})
    return affected


def has_live_orders(showtime: Showtime, now: datetime) -> bool:
    """Whether anyone has paid for seats or holds some at ``now``."""
    orders = Order.objects.filter(showtime=showtime)
    return orders.paid().exists() or orders.awaiting_payment(now).exists()


def newest_change(showtime: Showtime) -> int | None:
    """The number of its newest history entry."""
    return showtime.history.order_by("-history_id").values_list("history_id", flat=True).first()


def _moves(showtime: Showtime, facts: Mapping[str, Any]) -> bool:
    """Whether these facts would give it another place in the programme, or one again after it was cancelled."""
    revived = showtime.status == Showtime.Status.CANCELLED != facts.get("status", showtime.status)
    return revived or any(
        name in facts and facts[name] != getattr(showtime, name)
        for name in ("movie", "hall", "starts_at", "preshow_minutes")
    )


def _lock_places(showtime: Showtime, facts: Mapping[str, Any]) -> None:
    # Halls, then films, before any showtime: so does everyone who closes a hall or takes a film down.
    halls = {showtime.hall_id, facts["hall"].pk if "hall" in facts else showtime.hall_id}
    list(Hall.objects.filter(pk__in=halls).order_by("pk").select_for_update(no_key=True))
    movie_id = facts["movie"].pk if "movie" in facts else showtime.movie_id
    list(Movie.objects.filter(pk=movie_id).order_by("pk").select_for_update(no_key=True))


def locked_showtime(showtime_id: int) -> Showtime:
    """The showtime, locked until the transaction ends. Raises ShowtimeNotFound."""
    rows = Showtime.objects.select_related("movie", "hall").select_for_update(of=("self",), no_key=True)
    showtime = rows.filter(pk=showtime_id).first()
    if showtime is None:
        raise ShowtimeNotFound
    return showtime


def place(showtime: Showtime) -> Showtime:
    """Work out when it ends and write it, if the hall is free. Hall and film are locked, so planners queue."""
    _refuse_bad_price(showtime.price)
    hall = Hall.objects.select_for_update(no_key=True).filter(pk=showtime.hall_id).first()
    if hall is None:
        raise HallNotFound
    movie = Movie.objects.select_for_update(no_key=True).filter(pk=showtime.movie_id).first()
    if movie is None:
        raise MovieRemoved
    fit(showtime=showtime, hall=hall, movie=movie)
    try:
        with transaction.atomic():
            showtime.save()
    except IntegrityError:
        # The database's own rule (an exclusion constraint, on SQLite a trigger) has the last word.
        raise ShowtimesOverlap from None
    return showtime


def fit(*, showtime: Showtime, hall: Hall, movie: Movie) -> None:
    """Work out when it ends, if hall and film can be had and nothing is in the way.

    Raises HallClosed, MovieRemoved, ShowtimesOverlap, InvalidInput.
    """
    if not 0 <= showtime.preshow_minutes <= LONGEST_PRESHOW:
        raise InvalidInput(_("Advertising and trailers take from 0 to 60 minutes."), field="preshow_minutes")
    if not hall.is_open:
        raise HallClosed
    if not movie.is_on_show:
        raise MovieRemoved
    try:
        showtime.ends_at = showtime.film_starts_at + timedelta(minutes=movie.duration)
        showtime.clears_at = showtime.ends_at + timedelta(minutes=hall.turnaround_minutes)
    except OverflowError:
        raise InvalidInput(_("This date is too far away."), field="starts_at") from None
    others = Showtime.objects.exclude(pk=showtime.pk).overlapping(
        hall_id=hall.pk, starts_at=showtime.starts_at, clears_at=showtime.clears_at
    )
    if other := others.select_related("movie").first():
        raise ShowtimesOverlap(other=other)


def _refuse_bad_price(price: Decimal) -> None:
    if not price.is_finite() or not Decimal(0) <= price <= HIGHEST_PRICE:
        raise InvalidInput(_("A price lies between 0 and 100000."), field="price")
    if price != round(price, 2):
        raise InvalidInput(_("A price has at most two decimal places."), field="price")
