"""Looking for what owners have to be told about money, and telling them: once each, by letter and on the dashboard.

What is unusual is said by settings: ``REFUND_ALERT_COUNT`` and ``REFUND_ALERT_SUM`` refunds of one clerk on one day,
``DRAWER_DIFFERENCE_LIMIT`` in a drawer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Abs
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.letters import write_letter
from accounts.models import Letter, User
from cinema.days import day_of, one_day
from cinema.errors import Conflict
from cinema.money import house_currency, units
from ticketing.journal.sealing import unsealed
from ticketing.money.alert_models import MoneyAlert
from ticketing.money.models import Payment
from ticketing.money.providers import IN_HOUSE
from ticketing.money.refund_models import Refund
from ticketing.money.till_models import Shift

Kind = MoneyAlert.Kind
LATE = timedelta(minutes=15)  # in which whatever is told a provider should be done
LOOKED_BACK = timedelta(days=30)


class AlertClosed(Conflict):
    """A colleague has seen to it."""

    code = "alert_closed"
    message = gettext_lazy("Somebody has seen to this already.")


def tell_owners(*, now: datetime) -> int:
    """Note what is new and write to everybody with the permission; returns how many alerts are new.

    Run by one job at a time; the key of each alert is unique all the same.
    """
    found = {alert.key: alert for alert in _alerts(now)}
    known = set(MoneyAlert.objects.filter(key__in=found).values_list("key", flat=True))
    new = [alert for key, alert in found.items() if key not in known]
    if not new:
        return 0
    with transaction.atomic():
        MoneyAlert.objects.bulk_create(new)
        for person in receivers():
            _write(person, new, now)
    return len(new)


def receivers() -> list[User]:
    """Staff who are told when money goes wrong."""
    may = User.objects.with_perm("ticketing.receive_alerts", backend="django.contrib.auth.backends.ModelBackend")
    return list(may.filter(is_staff=True, is_active=True).order_by("pk"))


def close_alert(*, alert_id: int, by: User, now: datetime) -> None:
    """Somebody has seen to it. Raises AlertClosed."""
    if not MoneyAlert.objects.open().filter(pk=alert_id).update(closed_at=now, closed_by=by):
        raise AlertClosed


def _write(person: User, alerts: list[MoneyAlert], now: datetime) -> None:
    with translation.override(person.language):
        write_letter(
            to=person,
            kind=Letter.Kind.HOUSE,
            subject=_("Money: %(count)d things to look at") % {"count": len(alerts)},
            text="\n\n".join([_("Please look at this in the back office:"), *(alert.sentence for alert in alerts)]),
            about=Letter.About.HOUSE,
            about_id=0,
            now=now,
        )


def _alerts(now: datetime) -> Iterator[MoneyAlert]:
    yield from _payments(now)
    yield from _refunds(now)
    yield from _unusual_refunds(now)
    yield from _drawers(now)
    if unsealed().filter(recorded_at__lt=now - LATE).exists():
        yield _alert(Kind.UNSEALED, day_of(now).isoformat(), now, now)


def _payments(now: datetime) -> Iterator[MoneyAlert]:
    stuck = Payment.objects.unsettled().filter(Q(failed_at__isnull=False) | Q(decided_at__lt=now - LATE))
    for payment in stuck:
        kind = Kind.PAYMENT_FAILED if payment.failed_at else Kind.PAYMENT_LATE
        at = payment.failed_at or payment.decided_at or now
        yield _alert(kind, payment.pk, at, now, **_of(payment, payment.order_id, payment.last_error))
    for payment in Payment.objects.filter(disputed_at__gte=now - LOOKED_BACK):
        about = _of(payment, payment.order_id, payment.last_error)
        yield _alert(Kind.DISPUTE, payment.pk, payment.disputed_at or now, now, **about)


def _refunds(now: datetime) -> Iterator[MoneyAlert]:
    owed = Refund.objects.owed().select_related("payment").exclude(payment__provider__in=IN_HOUSE)
    for refund in owed.filter(Q(failed_at__isnull=False) | Q(created_at__lt=now - LATE)):
        kind = Kind.REFUND_FAILED if refund.failed_at else Kind.REFUND_LATE
        about = _of(refund, refund.payment.order_id, refund.last_error)
        yield _alert(kind, refund.pk, refund.failed_at or refund.created_at, now, **about)


def _unusual_refunds(now: datetime) -> Iterator[MoneyAlert]:
    today = one_day(day_of(now))
    given = Refund.objects.decided().filter(today.holds("created_at"), operator__isnull=False)
    by_clerk = given.exclude(operator=F("payment__order__customer")).order_by().values_list("operator")
    sums = by_clerk.annotate(count=Count("pk"), sum=Sum("amount"))
    limit = settings.REFUND_ALERT_SUM * units()
    for operator_id, count, total in sums:
        if count > settings.REFUND_ALERT_COUNT or total > limit:
            about = {"person_id": operator_id, "amount": total, "note": f"{count} ×"}
            yield _alert(Kind.REFUNDS, f"{operator_id}-{today.first.isoformat()}", now, now, **about)


def _drawers(now: datetime) -> Iterator[MoneyAlert]:
    limit = settings.DRAWER_DIFFERENCE_LIMIT * units()
    counted = Shift.objects.closed().filter(closed_at__gte=now - LOOKED_BACK).select_related("till")
    off = counted.annotate(off=Abs(F("counted_amount") - F("expected_amount"))).filter(off__gt=limit)
    for shift in off:
        about = {"person_id": shift.clerk_id, "amount": shift.difference, "currency": shift.currency}
        about |= {"note": f"{shift.till} Z{shift.z_number}", "shift_id": shift.pk}
        yield _alert(Kind.DRAWER, shift.pk, shift.closed_at or now, now, **about)


def _of(row: Payment | Refund, order_id: int, note: str) -> dict[str, Any]:
    return {"order_id": order_id, "amount": row.amount, "currency": row.currency, "note": note}


def _alert(kind: str, what: object, at: datetime, now: datetime, **about: Any) -> MoneyAlert:
    facts = {"currency": house_currency(), **about}
    return MoneyAlert(key=f"{kind}-{what}"[:60], kind=kind, at=at, told_at=now, **facts)
