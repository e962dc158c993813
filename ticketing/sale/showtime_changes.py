"""Changing and deleting showtimes that people may have seats for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie
from cinema.errors import Conflict
from ticketing.programme.models import Showtime
from ticketing.programme.scheduling import place, validate_price
from ticketing.programme.showtimes import ShowtimeChanged, ShowtimeNotFound, locked_showtime, newest_change, touch_sales
from ticketing.sale.models import Order
from ticketing.venue.models import Hall


class ShowtimeHasOrders(Conflict):
    """People hold or have paid seats, so it can't be changed or deleted just so."""

    code = "showtime_has_orders"
    message = _("There are orders for this showtime.")


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
        run_out = Order.objects.expired(now).filter(showtime=planned)
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
    validate_price(showtime.price)
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


def has_live_orders(showtime: Showtime, now: datetime) -> bool:
    """Whether anyone has paid for seats or holds some at ``now``."""
    orders = Order.objects.filter(showtime=showtime)
    return orders.paid().exists() or orders.awaiting_payment(now).exists()


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
