"""Who owns the house: its first administrator claims it with a code from the console, the others are made by one.

Until somebody has claimed it, a fresh house would belong to whoever calls first. The code is one row for all processes
and machines, only its digest is stored, and it is good once. An administrator who was switched off counts as one.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import SetupCode, User
from accounts.rights import note_rights
from accounts.security_log import Kind, record
from accounts.signup import checked_password, checked_username, save_account
from cinema.errors import CinemaError, Conflict, Forbidden

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read for something else
GROUPS, GROUP_LENGTH = 5, 4  # 31 ** 20 codes: none is found by trying


class AdministratorExists(Forbidden):
    """Only an administrator may make another one."""

    code = "administrator_exists"
    message = _("Only an administrator can register another administrator.")


class HouseClaimed(Conflict):
    """There is an administrator already, so there is nothing to claim."""

    code = "house_claimed"
    message = _("The house has an administrator already; no set-up code is needed.")


class HouseUnclaimed(CinemaError):
    """Nobody is in charge yet, so nothing is served."""

    code = "house_unclaimed"
    message = _("This cinema is not set up yet: its administrator has to be registered first.")
    http_status = 503


class LastAdministrator(Conflict):
    """Without any administrator the house would be nobody's, and stand still until it is claimed anew."""

    code = "last_administrator"
    message = _("This is the last administrator. Make somebody else one first.")


class SetupCodeRequired(Forbidden):
    """The house is claimed with a code only."""

    code = "setup_code_required"
    message = _("The first administrator needs the set-up code that the console has printed (setupCode).")


class WrongSetupCode(Forbidden):
    """Not the code that holds now."""

    code = "wrong_setup_code"
    message = _("This set-up code is wrong or no longer valid.")


def is_claimed() -> bool:
    """Whether the house has an administrator, whatever has become of them."""
    return User.objects.administrators().exists()


@transaction.atomic
def new_setup_code(*, now: datetime) -> str:
    """A fresh code, which makes the one before it worthless. Raises HouseClaimed."""
    _queue_for_first_administrator()
    if is_claimed():
        raise HouseClaimed
    groups = ("".join(secrets.choice(ALPHABET) for _each in range(GROUP_LENGTH)) for _group in range(GROUPS))
    code = "-".join(groups)
    SetupCode.objects.update_or_create(pk=1, defaults={"digest": _digest(code), "created_at": now})
    return code


@transaction.atomic
def sign_up_administrator(*, username: str, password: str, by: User | None, setup_code: str = "") -> User:
    """Open an administrator's account: by an administrator, or while there is none by whoever has the set-up code.

    Raises AdministratorExists, SetupCodeRequired, WrongSetupCode, UsernameTaken, WeakPassword, InvalidInput.
    """
    _queue_for_first_administrator()
    if by is None or not (by.is_superuser and by.has_staff_rights):
        _refuse_unless_claiming(setup_code)
    user = User(username=checked_username(username), is_staff=True, is_superuser=True)
    user.set_password(checked_password(password, user))
    save_account(user)
    SetupCode.objects.all().delete()
    record(Kind.SIGNED_UP, user=user, by=by)
    note_rights(user=user, by=by, before=set())
    return user


@transaction.atomic
def refuse_to_lose_last_administrator(*, user: User) -> None:
    """To be asked before an administrator becomes none, in the same transaction. Raises LastAdministrator."""
    _queue_for_first_administrator()  # two of them may step down at once
    if not User.objects.administrators().exclude(pk=user.pk).exists():
        raise LastAdministrator


def _refuse_unless_claiming(setup_code: str) -> None:
    if is_claimed():
        raise AdministratorExists
    if settings.OPEN_ADMIN_REGISTER:
        return
    if not setup_code.strip():
        raise SetupCodeRequired
    known = SetupCode.objects.filter(pk=1).first()
    if known is None or not constant_time_compare(known.digest, _digest(setup_code)):
        raise WrongSetupCode


def _queue_for_first_administrator() -> None:
    """Of two who claim at once one comes second: there is no row of theirs to lock, so they queue for the model's."""
    ContentType.objects.select_for_update().get(app_label="accounts", model="user")


def _digest(code: str) -> str:
    """A digest under the house's own key, of the code however it was typed."""
    typed = "".join(char for char in code.upper() if char in ALPHABET)
    return salted_hmac("accounts.administrators.setup_code", typed, algorithm="sha256").hexdigest()
