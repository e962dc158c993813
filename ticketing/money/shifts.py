"""A clerk's shift at a till: opened with a float, cash in and out, closed by a count.

Every change locks the shift's row first, so that no sale, refund or movement slips into a shift while it is counted.
Sales lock it before their order and claims, refunds after their order; whoever closes a shift locks nothing else.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Conflict, Forbidden, InvalidInput, NotFound
from ticketing.money.attesting_tills import post_count, post_movement, post_shift_opened
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.models import Payment
from ticketing.money.refund_models import Refund
from ticketing.money.till_models import CashMovement, Shift, Till
from ticketing.money.tills import TillNotFound, needs_shift
from ticketing.sale.models import Ticket

Kind = CashMovement.Kind


class ShiftNeeded(Conflict):
    """The house has tills, and whoever takes or pays money has no shift open."""

    code = "shift_needed"
    message = _("Please open a shift at a till first.")


class ShiftIsOpen(Conflict):
    """The till or the clerk has an open shift already."""

    code = "shift_is_open"
    message = _("A shift is open at this till, or you have one at another. Please close it first.")


class ShiftNotFound(NotFound):
    """No shift has this number, it is closed, or it is somebody else's."""

    code = "shift_not_found"
    message = _("There is no such open shift.")


class NotYourShift(Forbidden):
    """Somebody else's drawer."""

    code = "not_your_shift"
    message = _("This is the shift of somebody else.")


class NotInDrawer(Conflict):
    """More than the drawer holds; ``details['expected']`` is what it does."""

    code = "not_in_drawer"
    message = _("There is not that much in the drawer.")


class ReasonNeeded(InvalidInput):
    """Cash in and out need a word why."""

    code = "reason_needed"
    message = _("Please say why.")


@dataclass(frozen=True)
class MethodFigures:
    """What came in and went out by one way of paying."""

    method: str
    sales: int = 0
    taken: int = 0
    refunds: int = 0
    paid_back: int = 0


@dataclass(frozen=True)
class ShiftFigures:
    """A shift as its X or Z report says it; ``expected`` is what must be in the drawer."""

    float_amount: int
    paid_in: int
    paid_out: int
    dropped: int
    cash_sales: int
    cash_refunds: int
    tickets: int
    methods: list[MethodFigures]
    gift_cards: int = 0  # sold in the shift; it is in the sums by method as well

    @property
    def expected(self) -> int:
        """What must be in the drawer now."""
        came = self.float_amount + self.cash_sales + self.paid_in
        return came - self.cash_refunds - self.paid_out - self.dropped


@transaction.atomic
def open_shift(*, till_id: int, clerk: User, float_amount: int, now: datetime) -> Shift:
    """Begin a shift with so much change in the drawer. Raises TillNotFound, ShiftIsOpen.

    Two clerks at one till, or one clerk at two, are told apart by the database's constraints.
    """
    till = Till.objects.select_for_update(no_key=True).in_use().filter(pk=till_id).first()
    if till is None:
        raise TillNotFound(field="till")
    try:
        with transaction.atomic():
            shift = Shift.objects.create(till=till, clerk=clerk, float_amount=float_amount, opened_at=now)
    except IntegrityError:
        raise ShiftIsOpen from None
    post_shift_opened(shift)
    return shift


def open_shift_of(clerk: User) -> Shift | None:
    """The shift this person has open, if any."""
    return Shift.objects.open().filter(clerk=clerk).select_related("till").first()


def find_shift(*, shift_id: int, by: User) -> Shift:
    """A shift, open or closed, one's own or with the permission any. Raises ShiftNotFound, NotYourShift."""
    shift = Shift.objects.select_related("till", "clerk", "closed_by").filter(pk=shift_id).first()
    if shift is None:
        raise ShiftNotFound
    _refuse_stranger(shift, by)
    return shift


def locked_shift_of(by: User | None) -> Shift | None:
    """The same, kept open until the transaction ends; nobody's word needs no shift."""
    if by is None:
        return None
    shifts = Shift.objects.select_related("till").select_for_update(no_key=True, of=("self",))
    return shifts.open().filter(clerk=by).first()


def shift_to_book(*, method: str, by: User | None) -> Shift | None:
    """The shift in which money by this method is booked, locked. Raises ShiftNeeded where there must be one."""
    shift = locked_shift_of(by) if method != "office" else None
    if shift is None and needs_shift(method):
        raise ShiftNeeded
    return shift


@transaction.atomic
def move_cash(
    *, shift_id: int, kind: str, amount: int, by: User, now: datetime, reason: str = "", key: str = ""
) -> CashMovement:
    """Put cash into the drawer, take some out, or drop it into the safe; the same ``key`` again does it once.

    Raises ShiftNotFound, NotYourShift, ReasonNeeded, NotInDrawer.
    """
    shift = _locked(shift_id, by)
    if key and (known := CashMovement.objects.filter(shift=shift, key=key).first()):
        return known
    if kind != Kind.DROP and not reason.strip():
        raise ReasonNeeded(field="reason")
    if kind != Kind.PAID_IN and amount > (expected := figures_of(shift).expected):
        raise NotInDrawer(field="amount", expected=expected)
    movement = CashMovement.objects.create(
        shift=shift,
        kind=kind,
        amount=amount,
        currency=shift.currency,
        reason=reason.strip()[:200],
        by=by,
        at=now,
        key=key,
    )
    post_movement(movement)
    return movement


@transaction.atomic
def close_shift(*, shift_id: int, counted: int, by: User, now: datetime, note: str = "") -> Shift:
    """Count the drawer: the shift ends, its figures are frozen and get the till's next Z number.

    Raises ShiftNotFound, NotYourShift.
    """
    shift = _locked(shift_id, by)
    figures = figures_of(shift)
    last = Shift.objects.filter(till=shift.till_id).aggregate(last=Max("z_number"))["last"] or 0
    shift.closed_at, shift.closed_by, shift.note = now, by, note.strip()[:200]
    shift.expected_amount, shift.counted_amount = figures.expected, counted
    shift.z_number, shift.figures = last + 1, asdict(figures)
    shift.save()
    post_count(shift)
    return shift


def figures_of(shift: Shift) -> ShiftFigures:
    """The shift as it stands: counted while it is open, as it was frozen once it is closed."""
    if not shift.is_open:
        frozen: dict[str, Any] = shift.figures
        return ShiftFigures(**{**frozen, "methods": [MethodFigures(**one) for one in frozen["methods"]]})
    sold = _by_method(Payment.objects.standing().filter(shift=shift), "provider")
    cards = _by_method(GiftCard.objects.filter(shift=shift), "method", "initial_amount")
    for method, (count, total) in cards.items():
        sold[method] = (sold.get(method, (0, 0))[0] + count, sold.get(method, (0, 0))[1] + total)
    back = _by_method(Refund.objects.filter(shift=shift, status=Refund.Status.DONE), "method")
    moved = dict(CashMovement.objects.filter(shift=shift).order_by().values_list("kind").annotate(sum=Sum("amount")))
    methods = [
        MethodFigures(method, *sold.get(method, (0, 0)), *back.get(method, (0, 0))) for method in sorted({*sold, *back})
    ]
    return ShiftFigures(
        float_amount=shift.float_amount,
        paid_in=moved.get(Kind.PAID_IN, 0),
        paid_out=moved.get(Kind.PAID_OUT, 0),
        dropped=moved.get(Kind.DROP, 0),
        cash_sales=sold.get("cash", (0, 0))[1],
        cash_refunds=back.get("cash", (0, 0))[1],
        tickets=Ticket.objects.filter(order__payments__shift=shift).distinct().count(),
        methods=methods,
        gift_cards=sum(total for _count, total in cards.values()),
    )


def _by_method(rows: QuerySet, field: str, what: str = "amount") -> dict[str, tuple[int, int]]:
    sums = rows.order_by().values_list(field).annotate(count=Count("pk"), sum=Sum(what, default=0))
    return {method: (count, total) for method, count, total in sums}


def _locked(shift_id: int, by: User) -> Shift:
    open_shifts = Shift.objects.select_for_update(no_key=True, of=("self",)).open()
    shift = open_shifts.select_related("till").filter(pk=shift_id).first()
    if shift is None:
        raise ShiftNotFound
    _refuse_stranger(shift, by)
    return shift


def _refuse_stranger(shift: Shift, by: User) -> None:
    if shift.clerk_id != by.pk and not by.has_perm("ticketing.manage_shifts"):
        raise NotYourShift
