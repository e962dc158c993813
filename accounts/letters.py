"""Writing people letters, reading them, and having one sent again. (Mailing them is in ``mailing``.)"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Letter, User
from cinema.errors import Conflict, NotFound
from cinema.jobs import enqueue


class LetterNotFound(NotFound):
    """No letter has this id, or it is someone else's."""

    code = "letter_not_found"
    message = _("There is no such message.")


class NoAddress(Conflict):
    """The recipient has no e-mail address, so there is nowhere to send it."""

    code = "no_address"
    message = _("This person has no e-mail address. The letter can be read on the site.")


@transaction.atomic(savepoint=False)
def write_letter(
    *, to: User, kind: str, subject: str, text: str, about: str, about_id: int, now: datetime, address: str = ""
) -> Letter:
    """Write to somebody, in the transaction of what the letter tells of: if that is rolled back, so is this.

    Nothing is sent here, so no mail server can slow it or make it fail. A subject is one line, whatever it quotes. It
    is mailed to ``address``, or where that is empty to the one its recipient has by then.
    """
    mailed = bool(address or to.email)
    letter = Letter.objects.create(
        recipient=to,
        language=to.language,
        kind=kind,
        subject=" ".join(subject.split())[:200],
        text=text.strip(),
        about=about,
        about_id=about_id,
        address=address,
        status=Letter.Status.WAITING if mailed else Letter.Status.SITE,
        created_at=now,
    )
    if mailed:
        _have_mailed(letter, now)
    return letter


def read_letter(*, letter_id: int, user: User, now: datetime) -> Letter:
    """This person's letter, read from now on. Raises LetterNotFound, for someone else's too."""
    letter = Letter.objects.of(user).filter(pk=letter_id).first()
    if letter is None:
        raise LetterNotFound
    mark_read(letters=[letter], now=now)
    letter.refresh_from_db(fields=["read_at"])
    return letter


def mark_read(*, letters: Collection[Letter], now: datetime) -> None:
    """Note that their recipient has read them; what was read before keeps its time."""
    new = [letter.pk for letter in letters if letter.read_at is None]
    if new:
        Letter.objects.filter(pk__in=new).unread().update(read_at=now)


@transaction.atomic
def send_again(*, letter_id: int, now: datetime) -> Letter:
    """Have a letter mailed once more, or a waiting one at once, to the address its recipient has now.

    Raises LetterNotFound, NoAddress.
    """
    letter = Letter.objects.select_related("recipient").filter(pk=letter_id).first()
    if letter is None:
        raise LetterNotFound
    if not letter.mailed_to:
        raise NoAddress
    letter.status, letter.error = Letter.Status.WAITING, ""
    letter.save(update_fields=["status", "error"])
    _have_mailed(letter, now)
    return letter


def _have_mailed(letter: Letter, now: datetime) -> None:
    enqueue("mail_letter", key=str(letter.pk), run_at=now, letter_id=letter.pk)
