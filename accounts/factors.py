"""Taking a second factor or a passkey off somebody's account, for those who have lost theirs."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.notices import notify_factor
from accounts.security_log import Kind, record


@transaction.atomic
def remove_factor(*, authenticator: Authenticator, by: User) -> None:
    """Take it off; without another one the recovery codes go too. The owner is told, and the security log has it."""
    user, what = authenticator.user, authenticator.type
    authenticator.delete()
    left = Authenticator.objects.filter(user=user)
    if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        left.delete()
    record(Kind.FACTOR_REMOVED, user=user, by=by, detail=what)
    notify_factor(user=user, what=what, added=False, now=timezone.now())
