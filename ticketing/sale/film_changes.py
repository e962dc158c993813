"""What films may no longer do once people have tickets for them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from catalog.models import Movie
from cinema.errors import Conflict
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import touch_sales
from ticketing.sale.models import Order


class MovieInProgramme(Conflict):
    """Paid screenings of the film are still to come."""

    code = "movie_in_programme"
    message = _("Tickets for coming showtimes of this movie have been sold.")


def refuse_while_sold(*, movie: Movie, now: datetime) -> None:
    """Let a film go only while nobody has a ticket for a showtime to come. Raises MovieInProgramme.

    Sales that have begun and not committed must fail, or one could slip past the question.
    """
    coming = Showtime.objects.filter(movie=movie, starts_at__gt=now).order_by("pk")
    touch_sales(showtimes=list(coming.values_list("pk", flat=True)))
    if Order.objects.paid().filter(showtime__movie=movie, showtime__starts_at__gt=now).exists():
        raise MovieInProgramme
