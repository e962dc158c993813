"""A customer's own orders: the list, one order in whatever state it is, cancelling, giving back, trying again."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.letters import mark_read
from accounts.models import Letter
from cinema.addresses import from_outside
from cinema.errors import CinemaError
from cinema.pages import only_post
from cinema.rate_limits import caller_of
from ticketing.models import Order, Ticket
from ticketing.money.providers import online_providers
from ticketing.money.refund_policy import customers_policy, fee_of, may_be_refunded_by_customer, terms_of
from ticketing.money.refunds import refund_by_customer, refunds_of
from ticketing.money.tenders import named_payments
from ticketing.sale.attesting import SEVERAL
from ticketing.sale.orders import cancel_order, own_order
from ticketing.sale.second_chance import hold_again, offer_for
from ticketing.sale.wording import in_plain_words

ORDERS_PER_PAGE = 10


@login_required
@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The customer's orders, newest first."""
    mine = Order.objects.of(request.user).with_details().newest_first()
    page = Paginator(mine, ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    news = Letter.objects.of(request.user).unread().about_orders(*(order.pk for order in page))
    with_news = set(news.values_list("about_id", flat=True))
    for order in page:
        order.has_run_out = order.is_expired(now)
        order.has_news = order.pk in with_news
    return render(request, "ticketing/orders.html", {"page": page})


@login_required
@never_cache
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: to be paid, run out, paid with its tickets, or closed."""
    now = timezone.now()
    found = own_order(order_id=pk, user=request.user)
    context = {
        "order": found,
        "lines": found.lines.all(),
        "movie": found.showtime.movie,
        "showtime": found.showtime,
    }
    if found.status == Order.Status.PENDING and not found.is_expired(now):
        context["terms"] = terms_of(order=found, now=now)
        context["seconds_left"] = ceil((found.expires_at - now).total_seconds())
        context["providers"] = online_providers()
        context["parts"] = named_payments(found) if found.tendered_amount else []
        return _checkout(request, context)
    context["letters"] = letters = list(Letter.objects.of(request.user).about_orders(pk).newest_first())
    # Here they stand whole, so whoever opens the page has read them; the page itself still shows which were new.
    if request.method == "GET":
        mark_read(letters=letters, now=now)
    if found.status == Order.Status.PENDING:
        context["offer"] = offer_for(order=found, now=now)
        return render(request, "ticketing/run_out.html", context)
    # Who paid one way knows which; of several each is named.
    several = any(ticket.provider == SEVERAL for ticket in found.tickets.all())
    context["payments"] = named_payments(found) if several else []
    context["refunds"] = refunds_of(found) if found.refunded_amount else []
    context["film_address"] = from_outside(reverse("site:film", args=[found.showtime.movie_id]))
    context["is_refundable"] = may_be_refunded_by_customer(order=found, now=now)
    context["terms"] = terms_of(order=found, now=now)
    context |= _given_back(found, now)
    return render(request, "ticketing/order.html", context)


def _given_back(order: Order, now: datetime) -> dict[str, int]:
    """What comes back, and what is kept, if the customer gives the order back now."""
    prices = [ticket.price for ticket in order.tickets.all() if ticket.status != Ticket.Status.REFUNDED]
    fee = fee_of(customers_policy(order, now), prices)
    return {"refund_amount": sum(prices) - fee, "refund_fee": fee}


def _checkout(request: HttpRequest, context: dict) -> HttpResponse:
    # Browsers hold a form to the policy of its page even where the answer to it sends them on: to the provider.
    sites = [site for provider in context["providers"] for site in provider.sites]
    show = csp_update({"form-action": sites})(render)
    return show(request, "ticketing/checkout.html", context)


@only_post("ticketing:order")
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up an unpaid order."""
    return _act(request, pk, cancel_order, _("Your order has been cancelled and its seats are free again."))


@only_post("ticketing:order")
@login_required
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a paid order back."""
    return _act(request, pk, refund_by_customer, _("Your tickets are given back. This page says how far the money is."))


@only_post("ticketing:order")
@login_required
def change_seats(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the map with an unpaid order's seats chosen: they are given up, and held anew with the next choice."""
    found = own_order(order_id=pk, user=request.user)
    lines = list(found.lines.all())
    try:
        cancel_order(order=found, now=timezone.now())
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, found))
        return redirect("ticketing:order", pk=pk)
    messages.info(request, _("Your seats are free again until you hold your new choice."))
    chosen = {"seats": [line.seat_id for line in lines]} | {f"type-{line.seat_id}": line.price_type for line in lines}
    return redirect(f"{reverse('ticketing:seats', args=[found.showtime_id])}?{urlencode(chosen, doseq=True)}")


def _act(request: HttpRequest, pk: int, act: Callable[..., Order], done: str) -> HttpResponse:
    found = own_order(order_id=pk, user=request.user)
    try:
        act(order=found, now=timezone.now())
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, found))
    else:
        messages.success(request, done)
    return redirect("ticketing:order", pk=pk)


@only_post("ticketing:order")
@login_required
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the seats that were offered when the time had run out."""
    found = own_order(order_id=pk, user=request.user)
    texts = request.POST.getlist("seats")[: found.lines.count()]
    chosen = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    try:
        renewed = hold_again(order=found, seat_ids=chosen, now=timezone.now(), caller=caller_of(request))
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, found))
        return redirect("ticketing:order", pk=pk)
    return redirect("ticketing:order", pk=renewed.pk)
