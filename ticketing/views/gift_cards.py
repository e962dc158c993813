"""Paying with a gift card on the page of one's order, and taking it off again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from cinema.errors import CinemaError
from cinema.money import as_price
from cinema.pages import only_post
from cinema.rate_limits import caller_of
from ticketing.models import Order
from ticketing.money.redeeming import redeem_gift_card, take_off_gift_card
from ticketing.sale.orders import own_order
from ticketing.sale.wording import in_plain_words

MAX_CODE = 40  # signs of a code, however it is typed


@only_post("ticketing:order")
@login_required
@sensitive_post_parameters("code")
def redeem(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay with a card, as much as is left on it; the page then says what is still to be paid."""
    order = own_order(order_id=pk, user=request.user)
    code = request.POST.get("code", "")[:MAX_CODE]
    try:
        payment = redeem_gift_card(order=order, code=code, now=timezone.now(), caller=caller_of(request))
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, order))
        return redirect("ticketing:order", pk=pk)
    if Order.objects.values_list("status", flat=True).get(pk=pk) == Order.Status.PAID:
        messages.success(request, _("Paid. Enjoy the film!"))
    else:
        paid = {"sum": as_price(payment.amount, order.currency)}
        messages.success(request, _("%(sum)s are paid with your gift card. Please pay the rest in time.") % paid)
    return redirect("ticketing:order", pk=pk)


@only_post("ticketing:order")
@login_required
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Don't pay with the card after all: what it paid is on it again."""
    order = own_order(order_id=pk, user=request.user)
    text = request.POST.get("payment", "")
    payment_id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    try:
        take_off_gift_card(order=order, payment_id=payment_id, now=timezone.now())
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, order))
    else:
        messages.success(request, _("What your gift card had paid is on it again."))
    return redirect("ticketing:order", pk=pk)
