"""Opening an account."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import to_python

from accounts.models import User
from accounts.reserved_names import refuse_staff_name
from accounts.security_log import Kind, record
from cinema.errors import CinemaError, InvalidInput
from cinema.rate_limits import Caller, policy, take
from cinema.rate_limits.callers import NOBODY


class UsernameTaken(CinemaError):
    """Another account has the name, compared without regard to case."""

    code = "username_taken"
    message = _("This username is already taken.")


class EmailTaken(CinemaError):
    """Another account has the e-mail address."""

    code = "email_taken"
    message = _("This e-mail address is already in use.")


class PhoneTaken(CinemaError):
    """Another account has the phone number."""

    code = "phone_taken"
    message = _("This phone number is already in use.")


class BadPhone(CinemaError):
    """No phone number of any country, or none that could be dialled."""

    code = "bad_phone"
    message = _("This is not a valid phone number.")


class WeakPassword(CinemaError):
    """Too short, too common, all digits, or too like the username."""

    code = "weak_password"


def sign_up(*, caller: Caller = NOBODY, **facts: str) -> User:
    """Open a customer's account; the house writes to them in ``language``, its own where that is empty.

    ``caller`` is whom limits count, also for what is refused. Raises UsernameTaken, EmailTaken, PhoneTaken, BadPhone,
    WeakPassword, InvalidInput, RateLimited.
    """
    take(policy.SIGN_UPS, caller)  # before the transaction, which should not wait for Redis
    return _open_account(**facts)


@transaction.atomic
def _open_account(
    *, username: str, password: str, email: str = "", phone: str = "", nickname: str = "", language: str = ""
) -> User:
    user = User(username=checked_username(username), nickname=nickname.strip()[:50])
    refuse_staff_name(user.username, field="username")
    refuse_staff_name(user.nickname, field="nickname")
    user.email = checked_email(email) if email else ""
    user.phone = checked_phone(phone) if phone else None
    user.language = checked_language(language) if language else settings.LANGUAGE_CODE
    user.set_password(checked_password(password, user))
    save_account(user)
    record(Kind.SIGNED_UP, user=user)
    return user


@transaction.atomic
def sign_up_discreetly(*, username: str, password: str, email: str, language: str) -> User:
    """Open a customer's account without telling whether another one has the address: it is to be confirmed either way.

    Raises UsernameTaken, WeakPassword, InvalidInput.
    """
    user = User(username=checked_username(username), email=checked_email(email), language=checked_language(language))
    refuse_staff_name(user.username, field="username")
    user.set_password(checked_password(password, user))
    try:
        save_account(user)
    except EmailTaken:
        user.new_email, user.email = user.email, ""
        save_account(user)
    EmailAddress.objects.create(user=user, email=user.shown_email.lower(), primary=True)
    record(Kind.SIGNED_UP, user=user)
    return user


def checked_username(username: str) -> str:
    """The username in its normal form. Raises InvalidInput for one with characters no account may have."""
    name = User.normalize_username(username.strip())
    try:
        User.username_validator(name)
        User._meta.get_field("username").run_validators(name)
    except ValidationError as refusal:
        raise InvalidInput(" ".join(refusal.messages), field="username") from None
    if not name or "@" in name:
        raise InvalidInput(_("A username consists of letters, digits and . + - _ only."), field="username")
    return name


def checked_email(email: str) -> str:
    """The address, its domain in lower case. Raises InvalidInput."""
    address = User.objects.normalize_email(email.strip())
    try:
        validate_email(address)
    except ValidationError as refusal:
        raise InvalidInput(" ".join(refusal.messages), field="email") from None
    if len(address) > 254:
        raise InvalidInput(_("Enter a valid email address."), field="email")
    return address


def checked_phone(phone: str) -> str:
    """The number as +8613800138000; without a country it is the house's own. Raises BadPhone."""
    number = to_python(phone.strip())
    if number is None or not number.is_valid():
        raise BadPhone(field="phone")
    return number.as_e164


def checked_language(language: str) -> str:
    """One of the languages the house speaks. Raises InvalidInput."""
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(_("The house does not speak this language."), field="language")
    return language


def checked_password(password: str, user: User) -> str:
    """The password if it is strong enough for this user. Raises WeakPassword."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        why = " ".join(refusal.messages)
        raise WeakPassword(_("The new password is not acceptable: %(why)s") % {"why": why}, field="password") from None
    if "\x00" in password or len(password) > 256:
        raise WeakPassword(_("A password has at most 256 characters."), field="password")
    return password


def save_account(user: User) -> User:
    """Write the account; the database's constraints have the last word.

    Raises UsernameTaken, EmailTaken, PhoneTaken.
    """
    others = User.objects.exclude(pk=user.pk)
    if others.filter(username__iexact=user.username).exists():
        raise UsernameTaken(field="username")
    if user.email and (
        others.filter(email__iexact=user.email).exists()
        or EmailAddress.objects.exclude(user_id=user.pk).filter(email__iexact=user.email, verified=True).exists()
    ):
        raise EmailTaken(field="email")
    if user.phone and others.filter(phone=user.phone).exists():
        raise PhoneTaken(field="phone")
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as refusal:
        raise what_is_taken(refusal) from None
    return user


def what_is_taken(refusal: IntegrityError) -> CinemaError:
    """Which fact of an account the database refused, because another account has it."""
    # PostgreSQL names the constraint; its message has what was typed in it, which may be any word.
    told = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None) or str(refusal)
    if "email" in told:
        return EmailTaken(field="email")
    if "phone" in told:
        return PhoneTaken(field="phone")
    return UsernameTaken(field="username")
