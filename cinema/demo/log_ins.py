"""The demo's log-ins, whose passwords everybody can read, in a house that is no demo any more."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, transaction

from accounts.models import User
from accounts.sessions import log_out_everywhere
from cinema.demo.people import ADMIN, CLERK, CUSTOMER, REGULARS

KNOWN_LOG_INS = dict((ADMIN, CLERK, CUSTOMER, *((name, CUSTOMER[1]) for name, _nickname in REGULARS)))


def open_log_ins() -> list[User]:
    """The accounts that can still be entered with a password of the demo."""
    known = User.objects.filter(username__in=KNOWN_LOG_INS, is_active=True)
    same: dict[tuple[str, str], bool] = {}  # the regulars share one hash, and each takes its time
    for user in known:
        pair = (KNOWN_LOG_INS[user.username], user.password)
        same[pair] = same[pair] if pair in same else check_password(*pair)
    return [user for user in known if same[KNOWN_LOG_INS[user.username], user.password]]


@transaction.atomic
def close_log_ins() -> list[User]:
    """Take their passwords away, and end their sessions and tokens; answers whose."""
    closed = open_log_ins()
    for user in closed:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        log_out_everywhere(user=user)
    return closed


def nobody_knows_the_passwords(**about: Any) -> list[CheckMessage]:
    """System check: a database that was a demo's once keeps its log-ins."""
    if settings.DEMO:
        return []  # cinema.E002 says so already
    try:
        names = [user.username for user in open_log_ins()]
    except DatabaseError:  # there are no tables yet, or there is nobody to ask: nobody logs in either
        return []
    if not names:
        return []
    return [
        Error(
            f"Anybody can log in as {', '.join(names)} with the demo's passwords.",
            hint="Take them away by `python manage.py demo --close-log-ins`, then make an administrator of your own "
            "by `python manage.py createsuperuser`; or give each another password by `manage.py changepassword`.",
            id="backoffice.E001",
        )
    ]
