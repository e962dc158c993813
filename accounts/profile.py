"""What people change about their own account."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.signup import (
    checked_email,
    checked_language,
    checked_password,
    checked_phone,
    checked_username,
    save_account,
)
from cinema.addresses import validate_web_address
from cinema.errors import InvalidInput
from cinema.realtime import publish_on_commit, user_topic


@transaction.atomic
def update_profile(
    *,
    user: User,
    username: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    nickname: str | None = None,
    avatar_url: str | None = None,
    language: str | None = None,
) -> User:
    """Change what is given and leave the rest; an empty phone or e-mail takes it away.

    Raises UsernameTaken, EmailTaken, PhoneTaken, BadPhone, InvalidInput.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if username is not None:
        user.username = checked_username(username)
    former = user.email
    if email is not None:
        user.email = checked_email(email) if email.strip() else ""
    if phone is not None:
        user.phone = checked_phone(phone) if phone.strip() else None
    if nickname is not None:
        if len(nickname.strip()) > 50:
            raise InvalidInput(_("A nickname has at most 50 characters."), field="nickname")
        user.nickname = nickname.strip()
    if avatar_url is not None:
        user.avatar_url = _checked_avatar(avatar_url.strip())
    if language is not None:
        user.language = checked_language(language)
    save_account(user)
    if user.email.lower() != former.lower():
        leave_address(user=user, former=former)
    return user


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    """Set a new password and end every session and token issued before. Raises WeakPassword."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(checked_password(password, user))
    user.save(update_fields=["password"])
    publish_on_commit(user_topic(user.pk), {"kind": "tokens_revoked"})
    return user


def leave_address(*, user: User, former: str) -> None:
    """Forget an e-mail address: who reads that mailbox neither logs in by it nor has the password sent there."""
    known = EmailAddress.objects.filter(user=user)
    known.filter(email__iexact=former).delete()
    known.update(primary=False)
    known.filter(email__iexact=user.email).update(primary=True)


def _checked_avatar(address: str) -> str:
    try:
        validate_web_address(address)
    except ValidationError as refusal:
        raise InvalidInput(" ".join(refusal.messages), field="avatar_url") from None
    if len(address) > 255:
        raise InvalidInput(_("An address has at most 255 characters."), field="avatar_url")
    return address
