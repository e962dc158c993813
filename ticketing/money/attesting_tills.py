"""What the journal is told of drawers: floats, cash in and out, drops, counts.

Money comes into a drawer from the safe (``floats``) and goes back there when it is counted; what is missing or too much
then is a difference. So a drawer's account comes to nothing at the end of each shift.
"""

from ticketing.journal import Entry, Kind, TillShift, accounts, plain, post
from ticketing.money.till_models import CashMovement, Shift

KINDS = {
    CashMovement.Kind.PAID_IN: Kind.CASH_IN,
    CashMovement.Kind.PAID_OUT: Kind.CASH_OUT,
    CashMovement.Kind.DROP: Kind.DROP,
}


def till_of(shift: Shift | None) -> TillShift | None:
    """The shift and its till, as entries name them."""
    return TillShift(shift_id=shift.pk, till=shift.till.code) if shift else None


def post_shift_opened(shift: Shift) -> None:
    """The float lies in the drawer."""
    drawer = accounts.cash(shift.till.code)
    post(
        Entry(
            kind=Kind.SHIFT_OPENED,
            at=shift.opened_at,
            currency=shift.currency,
            amount=shift.float_amount,
            postings={drawer: shift.float_amount, accounts.FLOATS: -shift.float_amount},
            operator=shift.clerk,
            till=till_of(shift),
        )
    )


def post_movement(movement: CashMovement) -> None:
    """Cash was put into the drawer or taken out of it without a sale."""
    shift, amount = movement.shift, movement.signed_amount
    other = accounts.FLOATS if movement.kind == CashMovement.Kind.DROP else accounts.PETTY_CASH
    post(
        Entry(
            kind=KINDS[CashMovement.Kind(movement.kind)],
            at=movement.at,
            currency=movement.currency,
            amount=movement.amount,
            postings={accounts.cash(shift.till.code): amount, other: -amount},
            operator=movement.by,
            reason=movement.reason,
            till=till_of(shift),
            facts={"movement": movement.pk, "key": movement.key},
        )
    )


def post_count(shift: Shift) -> None:
    """The drawer was counted and emptied; what it held more or less than it should is a difference."""
    expected, counted = shift.expected_amount or 0, shift.counted_amount or 0
    post(
        Entry(
            kind=Kind.COUNT,
            at=shift.closed_at or shift.opened_at,
            currency=shift.currency,
            amount=counted,
            postings={
                accounts.cash(shift.till.code): -expected,
                accounts.FLOATS: counted,
                accounts.DIFFERENCES: expected - counted,
            },
            operator=shift.closed_by,
            reason=shift.note,
            till=till_of(shift),
            facts={
                "expected": expected,
                "counted": counted,
                "z_number": shift.z_number,
                "figures": plain(shift.figures),
            },
        )
    )
