"""What helps while seats are being chosen: the best for so many people, and what the hall's rule says of a choice.

The page asks here by script; without it the same is said when the form is sent.
"""

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cinema.errors import CinemaError
from ticketing.models import Seat, Showtime
from ticketing.programme.showtimes import public_showtime
from ticketing.sale.best_seats import advise, best_together
from ticketing.sale.holds import SalesClosed, ShowtimeNotFound
from ticketing.sale.plan import best_wanted, kind_wanted, numbers
from ticketing.sale.wording import single_words


@never_cache
@require_safe
def choice(request: HttpRequest, pk: int) -> JsonResponse:
    """With ``best`` the best seats for so many (not those in ``without``), else advice on ``seats``."""
    now = timezone.now()
    try:
        showtime = public_showtime(showtime_id=pk)
        if not showtime.is_on_sale(now):
            raise SalesClosed
        return JsonResponse(_best(showtime, request.GET, now) if "best" in request.GET else _advice(request, showtime))
    except ShowtimeNotFound:
        raise Http404 from None
    except CinemaError as refusal:
        return JsonResponse({"text": str(refusal), "seats": []}, status=refusal.http_status)


def find_best(showtime: Showtime, data: QueryDict, now: datetime) -> list[list[Seat]]:
    """The best seats for as many as the form asks for. Raises InvalidInput, NotEnoughSeats."""
    return best_together(
        showtime=showtime,
        count=best_wanted(data),
        now=now,
        kinds=kind_wanted(data),
        without=numbers(data.getlist("without")),
    )


def best_words(parties: Sequence[Sequence[Seat]]) -> str:
    """What is said of seats that were chosen for somebody."""
    named = [", ".join(seat.label for seat in party) for party in parties]
    if len(named) == 1:
        return _("Chosen for you: %(seats)s.") % {"seats": named[0]}
    facts = {"count": sum(map(len, parties)), "first": named[0], "second": named[1]}
    return _("There are no %(count)s seats side by side. Close together: %(first)s and %(second)s.") % facts


def _best(showtime: Showtime, data: QueryDict, now: datetime) -> dict:
    parties = find_best(showtime, data, now)
    return {"seats": [seat.pk for party in parties for seat in party], "text": best_words(parties)}


def _advice(request: HttpRequest, showtime: Showtime) -> dict:
    chosen = set(numbers(request.GET.getlist("seats")))
    advice = advise(showtime=showtime, seat_ids=chosen, now=timezone.now())
    labels = ", ".join(seat.label for seat in advice.instead)
    return {
        "singles": [seat.pk for seat in advice.singles],
        "text": single_words([seat.label for seat in advice.singles]) if advice.singles else "",
        "seats": [seat.pk for seat in advice.instead],
        "instead": _("Take %(seats)s instead") % {"seats": labels} if advice.instead else "",
    }
