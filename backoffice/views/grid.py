"""The seat-grid editor of a hall."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.forms.grid import CopyForm, GridForm, ShapeForm
from backoffice.grids import Numbering, corner_of, drawn, numbering_of, numbers_of, read_plan, shaped
from cinema.errors import CinemaError
from ticketing.models import Hall, Seat
from ticketing.sale.hall_changes import has_sold_seats, replace_grid
from ticketing.venue.halls import set_focal_point


@permission_required("ticketing.change_hall", raise_exception=True)
def grid_editor(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a hall's seats and save them; a refusal leaves the drawing as it is, with the reason."""
    hall = get_object_or_404(Hall.objects.visible(), pk=pk)
    seats = list(hall.seats.present())
    if request.method == "POST":
        form = GridForm(request.POST)
        if form.is_valid() and _saved(request, hall, seats, form):
            messages.success(request, _("The seat grid of %(hall)s is saved.") % {"hall": hall})
            return redirect("admin:ticketing_hall_grid", pk=hall.pk)
    else:
        form = GridForm(initial=_start(request, hall, seats))
    context = {
        **admin.site.each_context(request),
        "title": _("Seat grid of %(hall)s") % {"hall": hall},
        "opts": Hall._meta,
        "hall": hall,
        "form": form,
        "shape_form": ShapeForm(),
        "copy_form": CopyForm(hall=hall),
        "kinds": Seat.Kind.choices,
        "known": numbers_of(seats),
    }
    return render(request, "backoffice/hall/grid.html", context)


def _start(request: HttpRequest, hall: Hall, seats: list[Seat]) -> dict:
    """What the editor opens with: the hall as it is, or a shape or another hall's grid, not saved yet."""
    corner = corner_of(seats)
    focal = {} if hall.focal_x is None else {"focal_x": hall.focal_x - corner.x, "focal_y": hall.focal_y - corner.y}
    # Renumbering would move the seats on sold tickets, so it has to be asked for where there are any.
    numbering = Numbering.KEEP if has_sold_seats(hall=hall, now=timezone.now()) else numbering_of(seats)
    start = {"version": hall.grid_version, "plan": drawn(seats), "numbering": numbering, **focal}
    if "shape" in request.GET:
        chosen = ShapeForm(request.GET)
        if chosen.is_valid():
            return {"version": hall.grid_version, "plan": shaped(**chosen.cleaned_data), "numbering": Numbering.LEFT}
        messages.error(request, _("A hall has 1 to 60 rows of 1 to 100 seats."))
    if "copy" in request.GET:
        chosen = CopyForm(request.GET, hall=hall)
        if chosen.is_valid():
            other = chosen.cleaned_data["copy"]
            return start | {"plan": drawn(other.seats.present()), "numbering": Numbering.LEFT}
    return start


def _saved(request: HttpRequest, hall: Hall, seats: list[Seat], form: GridForm) -> bool:
    facts, now = form.cleaned_data, timezone.now()
    try:
        grid = read_plan(facts["plan"], numbering=facts["numbering"], known=numbers_of(seats))
        with transaction.atomic():
            replace_grid(hall_id=hall.pk, grid=grid, now=now, version=facts["version"])
            set_focal_point(hall_id=hall.pk, x=facts["focal_x"], y=facts["focal_y"])
    except CinemaError as refusal:
        labels = refusal.details.get("labels")
        form.add_error(None, f"{refusal} {' '.join(labels)}" if labels else str(refusal))
        return False
    admin.site.get_model_admin(Hall).log_change(request, hall, _("Seat grid changed: %(n)d seats.") % {"n": len(grid)})
    return True
