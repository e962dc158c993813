"""Mailing letters: one job a letter, enqueued with it by ``write_letter``.

A mail server's refusal is noted on the letter, where staff and the dashboard read it. What cannot be prevented: a
worker that is killed after the mail server took a letter and before that was noted sends it once more. Both copies
carry the same Message-ID.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.mime.image import MIMEImage
from email.utils import formataddr
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from accounts.mail_links import links_of
from accounts.models import Letter
from cinema.addresses import house_host
from cinema.jobs import Job, Run, Snooze, TryAgain

WHILE_AWAY = timedelta(minutes=1)
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60)]
# Until when this process leaves a mail server alone that it could not reach: with a hundred letters waiting each would
# spend a worker's time on the same silence.
_away: dict[tuple[str, int], tuple[datetime, str]] = {}


@dataclass(frozen=True)
class Attachment:
    """Something that goes with a letter by mail; a picture is shown in it, with its caption."""

    name: str
    content: bytes
    subtype: str
    caption: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it is shown within the letter."""
        return self.subtype == "png"


Attach = Callable[[Letter], Sequence[Attachment]]


def send_letter(*, run: Run, letter_id: int, attach: Attach = lambda letter: ()) -> None:
    """Mail a letter that waits, and note what became of it. ``attach`` returns what goes with it.

    While the mail server can't be reached it waits, however long, and no attempt is counted. A letter that is refused
    for now is tried again after growing delays; one that is refused for good, or for the last time, has failed.
    """
    letter = Letter.objects.select_related("recipient").waiting().filter(pk=letter_id).first()
    if letter is None:
        return
    if not letter.mailed_to:
        _note(letter, status=Letter.Status.SITE)
        return
    post = _reach_mail_server(letter, run.now())
    try:
        post.send_messages([in_envelope(letter, attach(letter))])
    except Exception as fault:
        if _is_final(fault) or run.is_last_attempt:
            _note(letter, status=Letter.Status.FAILED, error=_in_words(fault))
            return
        _note(letter, error=_in_words(fault))
        raise TryAgain(_in_words(fault)) from fault
    finally:
        post.close()
    _note(letter, status=Letter.Status.SENT, sent_at=run.now(), error="")


def note_failure(job: Job) -> None:
    """The letter of a job that failed will not be sent any more."""
    Letter.objects.waiting().filter(pk=job.arguments["letter_id"]).update(
        status=Letter.Status.FAILED, error=job.error[:300]
    )


def _reach_mail_server(letter: Letter, now: datetime) -> BaseEmailBackend:
    """A line to the mail server. Raises Snooze while there is none."""
    server = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    until, why = _away.get(server, (now, ""))
    if until > now:
        raise Snooze(until, why)
    post = mail.get_connection()
    try:
        post.open()
    except OSError as fault:  # smtplib's own errors are OSErrors too
        why = _in_words(fault)
        _away[server] = (now + WHILE_AWAY, why)
        _note(letter, error=why)
        raise Snooze(now + WHILE_AWAY, why) from fault
    return post


def _note(letter: Letter, **facts: object) -> None:
    Letter.objects.waiting().filter(pk=letter.pk).update(**facts)


def in_envelope(letter: Letter, attachments: Sequence[Attachment] = ()) -> EmailMultiAlternatives:
    """The letter as a message: plain and laid out, with the way to what it is about."""
    pictures = [(f"{number}.letter{letter.pk}", one) for number, one in enumerate(attachments) if one.is_picture]
    with translation.override(letter.language):
        house = house_name()
        context = {"letter": letter, "pictures": pictures, "house_name": house, **links_of(letter)}
        message = EmailMultiAlternatives(
            subject=letter.subject,
            body=render_to_string("mail/letter.txt", context),
            from_email=sender(house),
            to=[letter.mailed_to],
            headers={
                "Message-ID": f"<letter-{letter.pk}-{letter.created_at:%Y%m%d%H%M%S}@{house_host()}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    for name, picture in pictures:
        part = MIMEImage(picture.content, picture.subtype)
        part.add_header("Content-ID", f"<{name}>")
        part.add_header("Content-Disposition", "inline", filename=picture.name)
        message.attach(part)
    for one in attachments:
        if not one.is_picture:
            message.attach(one.name, one.content.decode(), f"text/{one.subtype}")
    return message


def house_name() -> str:
    """What the house is called in the active language."""
    return settings.CINEMA_NAME_EN if translation.get_language() == "en" else settings.CINEMA_NAME


def sender(house: str) -> str:
    """Whom mail comes from: the house's name before a bare address."""
    address = settings.DEFAULT_FROM_EMAIL
    return address if "<" in address else formataddr((house, address))


def _is_final(fault: Exception) -> bool:
    """Whether trying again is no use: the address is none, or the server says there is no such recipient."""
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in fault.recipients.values())
    return isinstance(fault, ValueError)  # a header or an address that no message can carry


def _in_words(fault: Exception) -> str:
    if isinstance(fault, SMTPRecipientsRefused):
        code, reason = next(iter(fault.recipients.values()))
        words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        return f"{code} {words}"[:300]
    return f"{type(fault).__name__}: {fault}"[:300]
