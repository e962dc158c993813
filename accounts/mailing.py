"""Mailing the letters that wait.

Any number of processes may do this at once. Each takes a letter by compare-and-set on its count of attempts, so that
none is taken twice; a taken letter is left alone by the others for ``LEASE``. What cannot be prevented: a process that
is killed after the mail server took a letter and before that was noted leaves it waiting, and it is sent once more.
Both copies carry the same Message-ID.
"""

import logging
import time
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

from accounts.models import Letter
from cinema.addresses import from_outside, house_host

logger = logging.getLogger(__name__)

BATCH = 200
BATCH_SECONDS = 45
LEASE = timedelta(minutes=10)  # longer than a batch may take
WHILE_AWAY = timedelta(minutes=1)
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60)]


@dataclass(frozen=True)
class Enclosure:
    """Something that goes with a letter by mail; a picture is shown in it, with its caption."""

    name: str
    content: bytes
    subtype: str
    caption: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it is shown within the letter."""
        return self.subtype == "png"


Enclose = Callable[[Letter], Sequence[Enclosure]]


def send_letters(*, now: datetime, enclose: Enclose = lambda letter: ()) -> int:
    """Mail what is due; answers how many were sent. ``enclose`` answers what goes with a letter.

    While the mail server can't be reached all letters wait, however long, and no attempt is counted. A letter that is
    refused is tried again after growing delays, and given up after the last of them.
    """
    due = list(Letter.objects.due(now).values_list("pk", "attempts")[:BATCH])
    if not due:
        return 0
    post = mail.get_connection()
    try:
        post.open()
    except OSError as fault:  # smtplib's own errors are OSErrors too
        logger.warning("The mail server can't be reached, %s letters wait: %s", len(due), fault)
        Letter.objects.due(now).order_by().update(error=_in_words(fault), next_try_at=now + WHILE_AWAY)
        return 0
    sent, until = 0, time.monotonic() + BATCH_SECONDS
    try:
        for letter_id, attempts in due:
            if time.monotonic() < until:
                sent += _send(letter_id, attempts, post, enclose, now)
    finally:
        post.close()
    return sent


def _send(letter_id: int, attempts: int, post: BaseEmailBackend, enclose: Enclose, now: datetime) -> bool:
    waiting = Letter.objects.filter(pk=letter_id, status=Letter.Status.WAITING)
    if not waiting.filter(attempts=attempts).due(now).update(attempts=attempts + 1, next_try_at=now + LEASE):
        return False  # another process was quicker
    mine = waiting.filter(attempts=attempts + 1)
    letter = Letter.objects.select_related("recipient").get(pk=letter_id)
    if not letter.recipient.email:
        mine.update(status=Letter.Status.SITE, next_try_at=None)
        return False
    try:
        post.send_messages([in_envelope(letter, enclose(letter))])
    except Exception as fault:
        logger.warning("Letter %s was not sent: %s", letter.pk, type(fault).__name__)
        post.close()  # whatever state the line is in; the next letter opens a new one
        delay = None if _is_final(fault) or attempts >= len(DELAYS) else DELAYS[attempts]
        status = Letter.Status.WAITING if delay else Letter.Status.FAILED
        mine.update(status=status, next_try_at=now + delay if delay else None, error=_in_words(fault))
        return False
    mine.update(status=Letter.Status.SENT, next_try_at=None, sent_at=now, error="")
    return True


def in_envelope(letter: Letter, enclosures: Sequence[Enclosure] = ()) -> EmailMultiAlternatives:
    """The letter as a message: plain and laid out, with the way to what it is about."""
    pictures = [(f"{number}.letter{letter.pk}", one) for number, one in enumerate(enclosures) if one.is_picture]
    with translation.override(letter.language):
        house = house_name()
        context = {"letter": letter, "link": from_outside(letter.path), "pictures": pictures, "house_name": house}
        message = EmailMultiAlternatives(
            subject=letter.subject,
            body=render_to_string("mail/letter.txt", context),
            from_email=sender(house),
            to=[letter.recipient.email],
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
    for one in enclosures:
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
