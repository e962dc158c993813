"""Looking tickets up."""

from django.utils.translation import gettext_lazy as _

from cinema.errors import NotFound


class TicketNotFound(NotFound):
    """No ticket has this code, or it is someone else's."""

    code = "ticket_not_found"
    message = _("There is no such ticket.")
