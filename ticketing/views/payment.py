"""Paying: off to the provider, the sandbox bank's own page, and the providers' signed call-backs."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cinema.addresses import absolute, path_of
from cinema.devices import is_phone
from cinema.errors import CinemaError
from cinema.pages import only_post
from ticketing.models import Order, Payment, SandboxCharge
from ticketing.money.events import receive_event
from ticketing.money.online import pay_online
from ticketing.money.payments import PaymentNotFound, find_payment
from ticketing.money.providers import UnknownProvider, online_provider, provider_named
from ticketing.sale.orders import order_to_pay
from ticketing.sale.wording import in_plain_words

WORDS = {"success": True, "decline": False}


@only_post("ticketing:order")
@login_required
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Start to pay an order and go to the provider; what costs nothing is settled here."""
    order = order_to_pay(order_id=pk, user=request.user)
    name = request.POST.get("provider", "")
    now = timezone.now()
    try:
        address = pay_online(
            order=order,
            provider=name,
            now=now,
            return_url=absolute(reverse("ticketing:order", args=[pk]), request),
            on_phone=is_phone(request.headers),
            client_ip=request.META.get("REMOTE_ADDR", ""),
        )
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, order))
        return redirect("ticketing:order", pk=pk)
    response = redirect(address) if address else redirect("ticketing:order", pk=pk)
    response["Referrer-Policy"] = "strict-origin"  # WeChat's page for phones opens only where it sees who sent them
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The sandbox bank: the customer says yes or no there, and the bank tells the house, signed."""
    bank, payment, now = online_provider("sandbox"), find_payment(reference=reference), timezone.now()
    if payment.provider != bank.name:
        raise UnknownProvider
    word, mood = request.POST.get("word", ""), request.POST.get("mood", "")
    mood = mood if mood in SandboxCharge.Mood.values else ""
    if word not in WORDS:
        context = {"payment": payment, "back": back_from(request, payment), "moods": SandboxCharge.Mood.choices}
        return render(request, "ticketing/sandbox.html", {**context, "mood": mood, "asks_for_code": word == "code"})
    for headers, body in bank.decide(reference, authorise=WORDS[word], now=now, mood=mood):
        payment = receive_event(provider=bank.name, headers=headers, body=body, now=now)
    back = back_from(request, payment)
    if path_of(back) == _order_page(payment):
        tell(request, payment)
    return redirect(back)


def back_from(request: HttpRequest, payment: Payment) -> str:
    """Where the customer goes on after a payment page of ours: where they came from on this site, else the order."""
    own = url_has_allowed_host_and_scheme(
        payment.return_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return path_of(payment.return_url) if own else _order_page(payment)


def _order_page(payment: Payment) -> str:
    return reverse("ticketing:order", args=[payment.order_id])


def tell(request: HttpRequest, payment: Payment) -> None:
    """What has become of the payment, in a sentence on the next page."""
    if payment.status in Payment.Status.standing():
        messages.success(request, _("Paid. Enjoy the film!"))
    elif payment.order.status == Order.Status.PAID:
        messages.info(request, _("This order is paid already. Nothing was charged a second time."))
    elif payment.status in {Payment.Status.VOIDING, Payment.Status.VOIDED}:
        messages.error(request, _("Your order could no longer be sold, so nothing was charged."))
    elif payment.status in Payment.Status.let_go():
        messages.error(request, _("Your order could no longer be sold. Your money is on its way back to you."))
    elif payment.status in Payment.Status.open():
        messages.info(request, _("The bank has not told us yet. This page shows it as soon as it does."))
    else:
        messages.error(request, _("The payment was declined and nothing was charged. You may try again."))


@csrf_exempt
@require_POST
def notify(request: HttpRequest, provider: str) -> HttpResponse:
    """A provider's call-back; only its signature makes it count."""
    try:
        receive_event(provider=provider, headers=request.headers, body=request.body, now=timezone.now())
    except PaymentNotFound:
        pass  # signed, kept, and about nothing of ours: told again it would still be
    except CinemaError as refusal:
        return JsonResponse({"error": refusal.code}, status=refusal.http_status)
    return provider_named(provider).acknowledge()
