"""Choosing seats. The page is a form of checkboxes; the map, the running total and the live changes come on top."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cinema.errors import CinemaError, InvalidInput
from cinema.rate_limits import caller_of
from ticketing.models import Hall, Order, PriceType, Seat, Showtime
from ticketing.money.refund_policy import terms_before_sale
from ticketing.prices.tariffs import Tariff
from ticketing.programme.showtimes import ShowtimeNotFound
from ticketing.sale.best_seats import OrphanSeat
from ticketing.sale.claims import SeatsTaken, seats_on_sale
from ticketing.sale.holds import NoSeatsChosen, hold_seats
from ticketing.sale.plan import bill_lines, numbers, types_by_seat
from ticketing.sale.seatmap import seat_map
from ticketing.sale.shown import shown_showtime
from ticketing.sale.wording import naming_the_seats, naming_the_single
from ticketing.views.choice import best_words, find_best
from ticketing.views.hall import drawn


class TooFewSeats(InvalidInput):
    """More reduced tickets were asked for than seats were chosen."""

    code = "too_few_seats"


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, pk: int) -> HttpResponse:
    """The seat map of a showtime; posting it holds the seats and leads to the order.

    Posted with ``choose`` or ``reckon`` it only shows the page again, with the best seats or with the bill.
    """
    try:
        showtime, tariff = shown_showtime(showtime_id=pk)
    except ShowtimeNotFound:
        raise Http404 from None
    if request.method != "POST":
        return _page(request, showtime, tariff, request.GET, wants_best=bool(request.GET.get("best")))
    if "choose" in request.POST or "reckon" in request.POST:
        return _page(request, showtime, tariff, request.POST, wants_best="choose" in request.POST)
    if not request.user.is_authenticated:
        return redirect_to_login(f"{request.path}?{urlencode(_choice(request.POST), doseq=True)}")
    try:
        order = _hold(request, showtime)
    except SeatsTaken as taken:
        # A second click, or the same page in another tab: the seats are the customer's own.
        if held := _held_already(request, showtime):
            return redirect("ticketing:order", pk=held.pk)
        return _page(request, showtime, tariff, request.POST, naming_the_seats(taken))
    except OrphanSeat as lonely:
        return _page(request, showtime, tariff, request.POST, naming_the_single(lonely))
    except CinemaError as refusal:
        return _page(request, showtime, tariff, request.POST, refusal)
    return redirect("ticketing:order", pk=order.pk)


def _choice(data: QueryDict) -> dict[str, list[str]]:
    types = [f"type-{pk}" for pk in numbers(data.getlist("seats"))[: settings.MAX_SEATS_PER_ORDER]]
    wanted = ["seats", *types, *(f"type_{kind}" for kind in PriceType.values)]
    return {name: data.getlist(name)[: settings.MAX_SEATS_PER_ORDER + 1] for name in wanted if data.getlist(name)}


def _hold(request: HttpRequest, showtime: Showtime) -> Order:
    chosen = request.POST.getlist("seats")
    if not chosen:
        raise NoSeatsChosen(field="seats")
    if len(chosen) <= settings.MAX_SEATS_PER_ORDER:
        chosen = [seat.pk for seat in _in_order(showtime, chosen)]
    counts = {kind: _number(request.POST, f"type_{kind}") for kind in reduced_types()}
    price_types = _price_types(chosen, counts, types_by_seat(request.POST, numbers(list(map(str, chosen)))))
    return hold_seats(
        showtime_id=showtime.pk,
        seats=chosen,
        customer=request.user,
        price_types=price_types,
        now=timezone.now(),
        caller=caller_of(request),
    )


def _held_already(request: HttpRequest, showtime: Showtime) -> Order | None:
    chosen = set(request.POST.getlist("seats"))
    waiting = Order.objects.of(request.user).awaiting_payment(timezone.now()).filter(showtime=showtime)
    for order in waiting.prefetch_related("lines"):
        if {str(line.seat_id) for line in order.lines.all()} == chosen:
            return order
    return None


def _in_order(showtime: Showtime, chosen: Sequence[str]) -> list[Seat]:
    """The seats front to back, left to right, as the bill beside the map reckons them."""
    try:
        found = seats_on_sale(showtime, chosen)
    except SeatsTaken:
        raise SeatsTaken(_("At least one of the seats you chose is not for sale in this hall.")) from None
    if len(found) != len(chosen):
        raise InvalidInput(_("The same seat was chosen twice."), field="seats")
    return found


def reduced_types() -> list[str]:
    """Every price type but the full price."""
    return [kind for kind in PriceType.values if kind != PriceType.ADULT]


def _number(data: QueryDict, name: str) -> int:
    text = data.get(name, "").strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text)
    if text:
        raise InvalidInput(_("The number of reduced tickets must be a whole number."), field=name)
    return 0


def _price_types(chosen: Sequence[int | str], counts: dict[str, int], named: dict[str, str]) -> dict[str, str]:
    """Each seat's own price type where it was chosen; the reduced types asked for by number on the others in order.

    The seats that are left are at the full price.
    """
    types = [kind for kind, number in counts.items() for _each in range(number)]
    others = [str(seat) for seat in chosen if str(seat) not in named]
    if len(types) > len(others):
        raise TooFewSeats(_("There are more reduced tickets than seats. Please choose again."), field="seats")
    return {**named, **dict(zip(others, types, strict=False))}


def _page(
    request: HttpRequest,
    showtime: Showtime,
    tariff: Tariff,
    data: QueryDict,
    refusal: CinemaError | None = None,
    wants_best: bool = False,
) -> HttpResponse:
    now = timezone.now()
    viewer = request.user if request.user.is_authenticated else None
    states = seat_map(showtime=showtime, now=now, viewer=viewer, tariff=tariff)
    chosen, notice = set(numbers(data.getlist("seats"))), ""
    on_sale = showtime.is_on_sale(now)
    if wants_best and on_sale:
        try:
            parties = find_best(showtime, data, now)
            chosen, notice = {seat.pk for party in parties for seat in party}, best_words(parties)
        except CinemaError as none_found:
            refusal = none_found
    lines = bill_lines(states, chosen, types_by_seat(data, chosen))
    context = {
        **drawn(showtime, states, chosen=chosen, on_sale=on_sale),
        "types": _types(states.tariff, data),
        "lines": lines,
        "total": sum(line.price for line in lines),
        "best": data.get("best", "")[:2],
        "kind": data.get("kind", ""),
        "notice": notice,
        "seconds_to_close": ceil((showtime.sales_close_at - now).total_seconds()) if on_sale else 0,
        "has_rule": showtime.hall.orphan_rule != Hall.OrphanRule.OFF,
        "hold_minutes": settings.HOLD_MINUTES,
        "terms": terms_before_sale(showtime=showtime, now=now),
        "waiting": _waiting(viewer, showtime, now),
        "refusal": refusal,
        "here": reverse("ticketing:seats", args=[showtime.pk]),
    }
    return render(request, "ticketing/seats.html", context, status=refusal.http_status if refusal else 200)


def _waiting(viewer: User | None, showtime: Showtime, now: datetime) -> list[Order]:
    """All of the customer's orders for this showtime that are still to be paid."""
    if viewer is None:
        return []
    waiting = Order.objects.of(viewer).awaiting_payment(now).filter(showtime=showtime)
    return list(waiting.order_by("pk").prefetch_related("lines"))


def _types(tariff: Tariff, data: QueryDict) -> list[dict]:
    return [
        {
            "name": kind,
            "label": PriceType(kind).label,
            "off": tariff.by_type.get(kind, 0),
            "count": data.get(f"type_{kind}", "")[:3] if data.get(f"type_{kind}", "").isdigit() else "0",
        }
        for kind in tariff.price_types
    ]
