"""The work that sales leave behind: what follows a sale, words with providers, call-offs, and clearing up."""

from datetime import time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import mailing
from cinema.jobs import GiveUp, Job, Run, Snooze, job
from ticketing.journal import seal_waiting
from ticketing.money import call_offs, parts, settling
from ticketing.money.alerts import tell_owners
from ticketing.money.events import clear_old_events, handle_waiting_events
from ticketing.money.providers.base import ProviderRefused
from ticketing.money.refunds import note_refund_failed
from ticketing.money.verify.verdict import verify_books
from ticketing.sale import moves
from ticketing.sale.orders import close_unpaid_orders
from ticketing.sale.ticket_documents import attachments_for

# What sales, refunds and call-offs leave behind.
AFTER_SALES = {
    "order_sold",
    "release_parts",
    "capture_payment",
    "void_payment",
    "return_payment",
    "send_refund",
    "call_off_order",
    "tell_moved_order",
}

# For a week: a bank that is away over a holiday still hears of it.
PATIENT = {
    "attempts": 60,
    "backoff": [timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 3 * 3600)],
    "timeout": timedelta(seconds=30),
    "deadline": timedelta(days=7),
}


@job(
    "mail_letter",
    title=_("Mail a letter"),
    attempts=len(mailing.DELAYS) + 1,
    backoff=mailing.DELAYS,
    on_failure=mailing.note_failure,
)
def mail_letter(run: Run, *, letter_id: int) -> None:
    """Registered here, above the letters, since tickets go with some of them."""
    mailing.send_letter(run=run, letter_id=letter_id, attach=attachments_for)


@job("order_sold", title=_("what follows a sale"))
def order_sold(run: Run, *, order_id: int) -> None:
    """Tell the customer, have the money captured."""
    with transaction.atomic():  # one letter, even if the worker dies at this very point
        settling.follow_up_sale(order_id=order_id, now=run.now())
        run.finish()


def _note_payment(failed: Job) -> None:
    settling.note_payment_failed(payment_id=failed.arguments["payment_id"], why=failed.error, now=timezone.now())


def _note_refund(failed: Job) -> None:
    note_refund_failed(refund_id=failed.arguments["refund_id"], why=failed.error, now=timezone.now())


@job("capture_payment", title=_("money to be captured"), on_failure=_note_payment, **PATIENT)
def capture_payment(run: Run, *, payment_id: int) -> None:
    """Take what was reserved for an order that is sold."""
    try:
        settling.capture_payment(payment_id=payment_id, now=run.now())
    except ProviderRefused as refusal:
        raise GiveUp(str(refusal)) from refusal


@job("void_payment", title=_("reserved money to be let go of"), on_failure=_note_payment, **PATIENT)
def void_payment(run: Run, *, payment_id: int) -> None:
    """Let go of what was reserved for an order that couldn't be sold."""
    try:
        settling.void_payment(payment_id=payment_id, now=run.now())
    except ProviderRefused as refusal:
        raise GiveUp(str(refusal)) from refusal


@job("return_payment", title=_("money taken in vain, to be returned"), on_failure=_note_payment, **PATIENT)
def return_payment(run: Run, *, payment_id: int) -> None:
    """Give back what was taken for an order that couldn't be sold."""
    try:
        again_at = settling.return_payment(payment_id=payment_id, now=run.now())
    except ProviderRefused as refusal:
        raise GiveUp(str(refusal)) from refusal
    if again_at is not None:
        raise Snooze(again_at, "The provider is at it.")


@job("send_refund", title=_("refund to be paid out"), on_failure=_note_refund, **PATIENT)
def send_refund(run: Run, *, refund_id: int) -> None:
    """Have a refund paid out."""
    try:
        again_at = settling.send_refund(refund_id=refund_id, now=run.now())
    except ProviderRefused as refusal:
        raise GiveUp(str(refusal)) from refusal
    if again_at is not None:
        raise Snooze(again_at, "The provider is at it.")


@job("release_parts", title=_("payments of orders not paid in full"), attempts=20)
def release_parts(run: Run, *, order_id: int) -> None:
    """Give back what was paid towards an order that will not be paid in full."""
    again_at = parts.release_parts(order_id=order_id, now=run.now())
    if again_at is not None:
        raise Snooze(again_at, "The order may still be paid in full.")


@job("ask_payment", title=_("payment to be asked after"), **PATIENT)
def ask_payment(run: Run, *, payment_id: int) -> None:
    """Ask after a payment whose call-back never came."""
    again_at = settling.ask_payment(payment_id=payment_id, now=run.now())
    if again_at is not None:
        raise Snooze(again_at, "The customer may still be at the provider's.")


@job("call_off_order", title=_("order of a called-off showtime"), attempts=20)
def call_off_order(run: Run, *, order_id: int, call_off_id: int) -> None:
    """Cancel an order of a called-off showtime, or give it back."""
    call_offs.call_off_order(order_id=order_id, call_off_id=call_off_id, now=run.now())


@job("tell_moved_order", title=_("order of a moved showtime"), attempts=20)
def tell_moved_order(run: Run, *, order_id: int, before: list, after: list, reason: str) -> None:
    """Tell an order's customer that their showtime was moved."""
    with transaction.atomic():  # one notification, even if the worker dies at this very point
        moves.tell_moved_order(order_id=order_id, before=before, after=after, reason=reason, now=run.now())
        run.finish()


@job("seal_journal", title=_("the journal to be sealed"), every=timedelta(seconds=3))
def seal_journal(run: Run) -> None:
    """Lay the seals of what was committed since."""
    seal_waiting(now=run.now())


@job("verify_books", title=_("the books to be verified"), daily_at=time(4, 45), slow=True, timeout=timedelta(hours=2))
def verify_books_daily(run: Run) -> None:
    """Hold every table against the journal, and keep what was found for the back office."""
    seal_waiting(now=run.now(), whole=True)
    verify_books(now=run.now())


@job("tell_owners", title=_("alerts about money"), every=timedelta(minutes=2))
def tell_owners_of_money(run: Run) -> None:
    """Tell whoever answers for the money what went wrong since."""
    tell_owners(now=run.now())


@job("handle_provider_events", title=_("notifications of payment providers"), every=timedelta(minutes=1))
def handle_provider_events(run: Run) -> None:
    """Act on notifications that a crash or an outage left lying."""
    handle_waiting_events(now=run.now())


@job("close_unpaid_orders", title=_("unpaid orders to be closed"), every=timedelta(minutes=5))
def close_orders(run: Run) -> None:
    """Cancel orders for good that can't be paid any more."""
    close_unpaid_orders(now=run.now())


@job("clear_provider_events", title=_("old notifications to be cleared"), every=timedelta(days=1))
def clear_provider_events(run: Run) -> None:
    """Forget raw notifications by age."""
    clear_old_events(before=run.now() - timedelta(days=settings.KEEP_EVENTS_DAYS))
