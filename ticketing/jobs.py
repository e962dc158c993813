"""The work that ticketing leaves to the corridor (see ``cinema/jobs``)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import mailing
from cinema.jobs import Run, job
from ticketing.money.payments import settle_open
from ticketing.sale.ticket_documents import attachments_for


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


@job(
    "settle_payments",
    title=_("Settle with payment providers"),
    every=timedelta(minutes=1),
    timeout=timedelta(minutes=10),
)
def settle_payments(run: Run) -> None:
    """Make good whatever a crash or an outage left undone."""
    settle_open(now=run.now())
