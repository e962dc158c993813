"""The house's tills. A house without any sells as if it had one drawer that nobody counts."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict, InvalidInput, NotFound
from ticketing.money.providers.counter import AT_TILL
from ticketing.money.till_models import Shift, Till


class TillNotFound(NotFound):
    """No till has this number, or it isn't in use."""

    code = "till_not_found"
    message = _("There is no such till.")


class TillNameTaken(InvalidInput):
    """Another till has this name or code already."""

    code = "till_name_taken"
    message = _("Another till has this name or code already.")


class TillCodeStays(Conflict):
    """Its code stands in the books."""

    code = "till_code_stays"
    message = _("The code of a till that was used can't be changed.")


class TillInUse(Conflict):
    """Its drawer hasn't been counted yet."""

    code = "till_in_use"
    message = _("A shift is open at this till. Please close it first.")


def save_till(*, till: Till) -> Till:
    """Add a till, or give one another name or state. Raises TillNameTaken, TillCodeStays, TillInUse.

    The row is locked first, so that no shift is opened at a till that is taken out of use meanwhile.
    """
    try:
        with transaction.atomic():
            if till.pk is not None:
                before = Till.objects.select_for_update().get(pk=till.pk)
                if before.code != till.code and before.shifts.exists():
                    raise TillCodeStays(field="code")
                if not till.is_active and Shift.objects.open().filter(till=till).exists():
                    raise TillInUse
            till.save()
    except IntegrityError:
        raise TillNameTaken(field="name") from None
    return till


def needs_shift(method: str) -> bool:
    """Whether money by this method moves only within an open shift: at the counter of a house that has tills."""
    return method in AT_TILL and Till.objects.in_use().exists()
