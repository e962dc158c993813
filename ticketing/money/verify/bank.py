"""The sandbox bank's own book against the payments."""

from collections.abc import Iterator

from django.db.models import QuerySet, Sum

from ticketing.money.models import Payment
from ticketing.money.refund_models import Refund
from ticketing.money.sandbox_models import SandboxCharge

AGAINST = {Payment.Status.DECLINED, Payment.Status.EXPIRED, Payment.Status.VOIDED}


def compare_bank() -> Iterator[str]:
    """Holds the sandbox bank's book against the payments; what is still to be told it is named elsewhere, if late."""
    payments = Payment.objects.filter(provider="sandbox").values_list("reference", "status", "settled_at", "amount")
    known = {reference: (status, settled_at is not None, amount) for reference, status, settled_at, amount in payments}
    done = Refund.objects.filter(payment__provider="sandbox", status=Refund.Status.DONE, handed_out_by=None)
    owed = Refund.objects.owed().filter(payment__provider="sandbox")
    back, under_way = _sums(done, "payment__reference"), _sums(owed, "payment__reference")
    for charge in SandboxCharge.objects.iterator(10_000):
        status, settled, amount = known.pop(charge.reference, (None, True, None))
        captured, standing = charge.status == SandboxCharge.Status.CAPTURED, status in Payment.Status.standing()
        if (captured and not standing) or (settled and standing and not captured):
            yield f"Charge {charge.reference} is {charge.status} at the bank and {status} here."
        if settled and status in AGAINST and charge.status == SandboxCharge.Status.AUTHORISED:
            yield f"Charge {charge.reference} is still reserved at the bank, but {status} here."
        paid = back.get(charge.reference, 0)
        if not paid <= charge.refunded_amount <= paid + under_way.get(charge.reference, 0):
            yield f"Charge {charge.reference}: the bank gave back {charge.refunded_amount} instead of {paid}."
        if captured and standing and charge.amount != amount:
            yield f"Charge {charge.reference}: the bank took {charge.amount} instead of {amount}."
    for reference, (status, settled, _amount) in known.items():
        if settled and status in Payment.Status.standing():
            yield f"Payment {reference} was taken, but the bank knows nothing of it."


def _sums(rows: QuerySet, key: str, what: str = "amount") -> dict:
    return dict(rows.order_by().values_list(key).annotate(sum=Sum(what)))
