"""The counter: what is on sale, choosing seats and prices, taking the money, and what is printed."""

import uuid

import segno
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.counter import (
    cards_of,
    find_sale,
    finish_by_card,
    finish_in_parts,
    latest_sales,
    parts_of,
    reserve_for_card,
    sell_for_cash,
)
from backoffice.door import door_of
from backoffice.forms.sales import MAX_CASH, PartsForm
from backoffice.views.board import asked_day
from backoffice.views.desk import for_staff, work_page
from backoffice.views.shifts import drawer_of
from cinema.days import day_of, days_from
from cinema.errors import CinemaError, InvalidInput
from cinema.money import units
from cinema.money_fields import MoneyFormField
from cinema.rate_limits import caller_of
from ticketing.models import Order, PriceType, Showtime
from ticketing.money.providers import label_of
from ticketing.money.tenders import named_payments
from ticketing.sale.best_seats import best_available
from ticketing.sale.orders import cancel_order
from ticketing.sale.plan import best_wanted, bill_lines, numbers, types_by_seat
from ticketing.sale.seatmap import seat_map
from ticketing.views.hall import drawn

DAYS_AHEAD = 7
SHOWTIMES_PER_PAGE = 60


@for_staff("ticketing.sell_at_counter")
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """What can be sold, a day at a time, and the clerk's last sales."""
    now = timezone.now()
    day = asked_day(request.GET.get("day", ""))
    on_sale = Showtime.objects.on_sale(now).on_day(day).order_by("starts_at", "id")
    page = Paginator(on_sale.values_list("pk", flat=True), SHOWTIMES_PER_PAGE).get_page(request.GET.get("page"))
    # Only what is shown is counted: in a house of many halls counting a whole day's seats takes seconds.
    showtimes = Showtime.objects.filter(pk__in=list(page)).with_occupancy(now).with_place()
    context = {
        "page": page,
        "day": day,
        "days": days_from(day_of(now), DAYS_AHEAD),
        "showtimes": showtimes,
        "latest": latest_sales(request.user),
        **drawer_of(request.user),
    }
    return work_page(request, "backoffice/counter/counter.html", context, tool="counter")


@for_staff("ticketing.sell_at_counter")
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, pk: int) -> HttpResponse:
    """The seat map with the bill; posting it sells for cash, or holds the seats for the card terminal."""
    showtime = door_of(showtime_id=pk)
    if request.method != "POST":
        return _page(request, showtime, request.GET)
    try:
        order = _sell(request, showtime)
    except CinemaError as refusal:
        return _page(request, showtime, request.POST, refusal)
    return redirect("admin:counter_sale", pk=order.pk)


@for_staff("ticketing.sell_at_counter")
@require_http_methods(["GET", "HEAD", "POST"])
def sale(request: HttpRequest, pk: int) -> HttpResponse:
    """A sale: the card to be charged, or the tickets and the receipt to be printed."""
    order = find_sale(order_id=pk)
    form = PartsForm(request.POST if request.method == "POST" else None)
    # The parts are seen before the terminal takes its own, so that page is drawn, not redirected to.
    if request.method == "POST" and not _is_plan(request, form):
        _settle(request, order, form)
        return redirect("admin:counter_sale", pk=pk)
    now = timezone.now()
    tickets = list(order.tickets.all())
    for ticket in tickets:
        ticket.picture = segno.make(ticket.code, error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff")
    context = {
        "order": order,
        "tickets": tickets,
        "showtime": order.showtime,
        "movie": order.showtime.movie,
        "is_open": order.status == Order.Status.PENDING and not order.is_expired(now),
        "payments": named_payments(order),
        "parts_form": form,
        **_planned(request, order, form),
    }
    return work_page(request, "backoffice/counter/sale.html", context, tool="counter")


def _sell(request: HttpRequest, showtime: Showtime) -> Order:
    chosen = numbers(request.POST.getlist("seats"))
    facts = {
        "showtime_id": showtime.pk,
        "seats": chosen,
        "price_types": types_by_seat(request.POST, chosen),
        "clerk": request.user,
        "now": timezone.now(),
        "key": f"counter-{request.POST.get('key', '')[:64] or uuid.uuid4()}",
    }
    if request.POST.get("pay") in {"card", "parts"}:
        return reserve_for_card(**facts)
    return sell_for_cash(received=_received(request.POST), **facts)


def _planned(request: HttpRequest, order: Order, form: PartsForm) -> dict[str, object]:
    """What each means is to take, once that was asked for, or why it can't."""
    if not form.is_bound or not form.is_valid():
        return {"parts": []}
    try:
        cards = cards_of(codes=form.codes, now=timezone.now(), caller=caller_of(request))
    except CinemaError as refusal:
        return {"parts": [], "refusal": refusal}
    parts = parts_of(order=order, cash=form.received, cards=cards)
    labels = [f"{label_of(part.method)} {part.card.label if part.card else ''}".strip() for part in parts]
    return {"parts": [(part.method, label, part.amount) for part, label in zip(parts, labels, strict=True)]}


def _is_plan(request: HttpRequest, form: PartsForm) -> bool:
    return request.POST.get("act") == "plan" or (request.POST.get("act") == "parts" and not form.is_valid())


def _settle(request: HttpRequest, order: Order, form: PartsForm) -> None:
    now = timezone.now()
    try:
        if request.POST.get("act") == "parts" and form.is_valid():
            cards = cards_of(codes=form.codes, now=now, caller=caller_of(request))
            facts = {"cash": form.received, "on_card": form.cleaned_data["on_card"] or 0, "cards": cards}
            finish_in_parts(order=order, clerk=request.user, now=now, **facts)
        elif request.POST.get("act") == "taken":
            finish_by_card(order=order, clerk=request.user, now=now)
        else:
            cancel_order(order=order, now=now, by=request.user)
            messages.success(request, _("The sale was given up and its seats are free again."))
    except CinemaError as refusal:
        messages.error(request, str(refusal))


def _page(
    request: HttpRequest, showtime: Showtime, data: QueryDict, refusal: CinemaError | None = None
) -> HttpResponse:
    now = timezone.now()
    states = seat_map(showtime=showtime, now=now)
    on_sale = showtime.is_on_sale(now)
    chosen = set(numbers(data.getlist("seats")))
    if data.get("best") and on_sale and refusal is None:
        try:
            chosen = {seat.pk for seat in best_available(showtime=showtime, count=best_wanted(data), now=now)}
        except CinemaError as none_found:
            refusal = none_found
    lines = bill_lines(states, chosen, types_by_seat(data, chosen))
    context = {
        **drawn(showtime, states, chosen=chosen, on_sale=on_sale),
        "types": [{"name": kind, "label": PriceType(kind).label} for kind in states.tariff.price_types],
        "lines": lines,
        "total": sum(line.price for line in lines),
        "best": data.get("best", "")[:3],
        "received": data.get("received", "")[:12],
        "key": uuid.uuid4().hex,
        "refusal": refusal,
        **drawer_of(request.user),
    }
    status = refusal.http_status if refusal else 200
    return work_page(request, "backoffice/counter/seats.html", context, tool="counter", status=status)


def _received(data: QueryDict) -> int | None:
    text = data.get("received", "").strip()
    if not text:
        return None
    try:
        return MoneyFormField(min_value=0, max_value=MAX_CASH * units()).clean(text)
    except forms.ValidationError:
        raise InvalidInput(
            _("Please write the cash received as a sum, such as 100 or 99.50."), field="received"
        ) from None
