"""The second factor on the API's side: a one-time code beside the password. Setting one up happens on the pages."""

from allauth.mfa.models import Authenticator

from accounts.models import User
from cinema.errors import CinemaError, Forbidden


class CodeWanted(CinemaError):
    """The password is right, but the house wants staff's one-time code as well: it is missing, wrong or used up."""

    code = "otp_required"
    http_status = 401


class NoSecondFactor(Forbidden):
    """The house wants a second factor of staff, and this member has none yet."""

    code = "no_second_factor"


def holds(*, user: User, code: str) -> bool:
    """Whether this is the user's one-time code, from their app or one of their recovery codes; each is good once."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    for authenticator in Authenticator.objects.filter(user=user, type__in=kinds).order_by("-type"):
        if authenticator.wrap().validate_code(code):
            authenticator.record_usage()
            return True
    return False
