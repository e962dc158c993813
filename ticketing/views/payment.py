"""Paying: off to the provider, the sandbox bank's own page, and the providers' signed call-backs."""

from uuid import UUID

from django.conf import settings
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

from cinema.errors import CinemaError
from cinema.pages import only_post
from ticketing.models import Order, Payment
from ticketing.money.payments import find_payment, hear_provider, pay_in_house, payment_address, start_payment
from ticketing.money.providers import ONLINE, UnknownProvider, provider_named
from ticketing.sale.orders import own_order
from ticketing.views.words import in_plain_words

SIGNATURE_HEADER = "X-Signature"
WORDS = {"success": True, "decline": False}


@only_post("ticketing:order")
@login_required
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Start to pay an order and go to the provider; what costs nothing is settled here."""
    order = own_order(order_id=pk, user=request.user)
    name = request.POST.get("provider", "")
    now = timezone.now()
    try:
        if not order.total_amount:
            pay_in_house(order=order, provider="free", now=now, by=None)
            return redirect("ticketing:order", pk=pk)
        if name not in settings.PAYMENT_PROVIDERS:
            raise UnknownProvider(field="provider")
        payment = start_payment(order=order, provider=name, now=now)
    except CinemaError as refusal:
        messages.error(request, in_plain_words(refusal, order))
        return redirect("ticketing:order", pk=pk)
    return redirect(payment_address(payment))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The sandbox bank: the customer says yes or no there, and the bank tells the house, signed."""
    provider_named("sandbox")
    payment = find_payment(reference=reference)
    if payment.provider != "sandbox":
        raise UnknownProvider
    word = request.POST.get("word", "")
    if word not in WORDS:
        return render(request, "ticketing/sandbox.html", {"payment": payment, "back": _back(request, payment)})
    body, signature = ONLINE["sandbox"].decide(reference, authorise=WORDS[word])
    payment = hear_provider(provider="sandbox", body=body, signature=signature, now=timezone.now())
    if not payment.return_url:
        _tell(request, payment)
    return redirect(_back(request, payment))


def _back(request: HttpRequest, payment: Payment) -> str:
    own = url_has_allowed_host_and_scheme(
        payment.return_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return payment.return_url if own else reverse("ticketing:order", args=[payment.order_id])


def _tell(request: HttpRequest, payment: Payment) -> None:
    if payment.status == Payment.Status.TAKEN:
        messages.success(request, _("Paid. Enjoy the film!"))
    elif payment.order.status == Order.Status.PAID:
        messages.info(request, _("This order is paid already. Nothing was charged a second time."))
    elif payment.status == Payment.Status.VOIDED:
        messages.error(request, _("Your order could no longer be sold, so nothing was charged."))
    else:
        messages.error(request, _("The payment was declined and nothing was charged. You may try again."))


@csrf_exempt
@require_POST
def notify(request: HttpRequest, provider: str) -> HttpResponse:
    """A provider's call-back; only its signature makes it count."""
    try:
        if provider not in settings.PAYMENT_PROVIDERS:
            raise UnknownProvider
        payment = hear_provider(
            provider=provider,
            body=request.body,
            signature=request.headers.get(SIGNATURE_HEADER, ""),
            now=timezone.now(),
        )
    except CinemaError as refusal:
        return JsonResponse({"error": refusal.code}, status=refusal.http_status)
    return JsonResponse({"status": payment.status})
