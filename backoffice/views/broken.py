"""A broken seat: off sale, and everyone who has a ticket for it somewhere else."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.acting import attempt
from backoffice.forms.halls import BrokenForm
from ticketing.models import Hall, Order, Seat
from ticketing.sale.broken_seats import move_ticket, nearest_free, set_for_sale, tickets_on
from ticketing.sale.notifications import audience_of


@permission_required("ticketing.change_hall", raise_exception=True)
def broken_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a seat by its label; see who has it; block it and move them, one by one."""
    hall = get_object_or_404(Hall.objects.visible(), pk=pk)
    label = request.GET.get("seat", "").strip().upper()[:16]
    seats = list(hall.seats.present())
    seat = next((seat for seat in seats if seat.label.upper() == label), None)
    now = timezone.now()
    if request.method == "POST" and seat is not None:
        form = BrokenForm(request.POST)
        if form.is_valid():
            _act(request, seat, form.cleaned_data)
        return redirect(f"{reverse('admin:ticketing_hall_broken', args=[pk])}?seat={seat.label}")
    tickets = tickets_on(seat=seat, now=now) if seat is not None else []
    context = {
        **admin.site.each_context(request),
        "title": _("Broken seat in %(hall)s") % {"hall": hall},
        "opts": Hall._meta,
        "hall": hall,
        "labels": [seat.label for seat in seats],
        "blocked": [seat for seat in seats if not seat.is_available],
        "label": label,
        "seat": seat,
        "audience": audience_of(ticket.order for ticket in tickets),
        "tickets": [(ticket, nearest_free(ticket=ticket, now=now)) for ticket in tickets],
    }
    return render(request, "backoffice/hall/broken.html", context)


def _told(order: Order) -> str:
    if order.customer is None:
        return _("The ticket has a new seat. It was bought at the counter, so nobody could be told.")
    if not order.customer.email:
        return _("The ticket has a new seat. The customer has no e-mail address and can read it on the site only.")
    return _("The ticket has a new seat, and the customer is told by e-mail.")


def _act(request: HttpRequest, seat: Seat, facts: dict) -> None:
    now, site_admin = timezone.now(), admin.site.get_model_admin(Hall)
    if facts["act"] == "move":
        reason = _("Seat %(seat)s is broken") % {"seat": seat.label}
        moved: list = []

        def move() -> None:
            moved.append(
                move_ticket(ticket_id=facts["ticket"] or 0, to=facts["to"], now=now, by=request.user, reason=reason)
            )

        if attempt(request, move):
            messages.success(request, _told(moved[0].order))
            words = _("%(old)s moved to %(new)s") % {"old": seat.label, "new": moved[0].line.label}
            admin.site.get_model_admin(Order).log_change(request, moved[0].order, words)
        return
    on_sale = facts["act"] == "open"
    words = _("Seat %(seat)s is on sale again.") if on_sale else _("Seat %(seat)s is off sale.")
    words = words % {"seat": seat.label}
    if attempt(request, lambda: set_for_sale(seat=seat, is_available=on_sale, now=now), words):
        site_admin.log_change(request, seat.hall, words)
