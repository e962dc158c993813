"""Nobody of the house takes money for an order of their own, gives it back or decides about it."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Forbidden
from ticketing.sale.models import Order


class OwnOrder(Forbidden):
    """Staff buy tickets too, and deal with them as any customer does."""

    code = "own_order"
    message = _("This is an order of your own. Please have a colleague do it.")


def refuse_own_order(*, order: Order, by: User | None) -> None:
    """Administrators act by document and may. Raises OwnOrder."""
    if by is not None and order.customer_id == by.pk and not by.is_superuser:
        raise OwnOrder
