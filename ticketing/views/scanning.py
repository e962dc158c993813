"""Paying by a code: our own page shows it, a phone scans it, and the page goes on when the provider has told us."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cinema.clock import after
from ticketing.models import Payment
from ticketing.money.payments import find_payment
from ticketing.money.providers import provider_named
from ticketing.money.providers.base import code_to_scan
from ticketing.sale.ticket_documents import qr_drawing
from ticketing.views.payment import back_from, tell


@never_cache
@require_safe
def scan(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The code, for as long as nobody has decided; then back to where the customer came from."""
    payment, now = find_payment(reference=reference), timezone.now()
    code = code_to_scan(payment, request.GET.get("code", ""))
    provider = provider_named(payment.provider)
    valid_until = after(payment.created_at, provider.window)
    if payment.status not in Payment.Status.open() or valid_until <= now:
        tell(request, payment)
        return redirect(back_from(request, payment))
    held_until = payment.order.expires_at
    context = {
        "payment": payment,
        "app": provider.scanned_with,
        "drawing": qr_drawing(code),
        "valid_until": held_until if now < held_until < valid_until else valid_until,
        "back": back_from(request, payment),
    }
    return render(request, "ticketing/scan.html", context)


@never_cache
@require_safe
def scan_state(request: HttpRequest, reference: UUID) -> JsonResponse:
    """Whether the page still has to wait; no more than that is said to whoever has its address."""
    waits = Payment.objects.open().filter(reference=reference).exists()
    return JsonResponse({"waits": waits})
