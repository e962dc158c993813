"""What people change about their own account."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.reserved_names import refuse_staff_name
from accounts.signup import (
    checked_language,
    checked_phone,
    checked_username,
    save_account,
)
from cinema.addresses import validate_web_address
from cinema.errors import InvalidInput


@transaction.atomic
def update_profile(
    *,
    user: User,
    username: str | None = None,
    phone: str | None = None,
    nickname: str | None = None,
    avatar_url: str | None = None,
    language: str | None = None,
) -> User:
    """Change what is given and leave the rest; an empty phone takes it away. (An e-mail address: ``email_addresses``.)

    Raises UsernameTaken, PhoneTaken, BadPhone, InvalidInput.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if username is not None:
        name = checked_username(username)
        if name != user.username:
            refuse_staff_name(name, field="username", user=user)
        user.username = name
    if phone is not None:
        user.phone = checked_phone(phone) if phone.strip() else None
    if nickname is not None:
        if len(nickname.strip()) > 50:
            raise InvalidInput(_("A nickname has at most 50 characters."), field="nickname")
        if nickname.strip() != user.nickname:
            refuse_staff_name(nickname, field="nickname", user=user)
        user.nickname = nickname.strip()
    if avatar_url is not None:
        user.avatar_url = _checked_avatar(avatar_url.strip())
    if language is not None:
        user.language = checked_language(language)
    return save_account(user)


def _checked_avatar(address: str) -> str:
    try:
        validate_web_address(address)
    except ValidationError as refusal:
        raise InvalidInput(" ".join(refusal.messages), field="avatar_url") from None
    if len(address) > 255:
        raise InvalidInput(_("An address has at most 255 characters."), field="avatar_url")
    return address
