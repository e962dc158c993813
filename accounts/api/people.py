"""People as the documents show them."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.email_addresses import is_confirmed
from accounts.models import User
from cinema.api.dialects import COMMUNITY, V1_DIALECT
from cinema.api.fields import AddressOut, HouseTime, IdField, Text, WebAddress
from cinema.api.paging import PageQuery
from cinema.api.renaming import in_dialect


class Password(serializers.CharField):
    """A password as typed: no character is taken off it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"max_length": 256, "trim_whitespace": False, **options})  # type: ignore[arg-type]


class OneTimeCode(serializers.CharField):
    """A second factor beside the password."""

    def __init__(self, **options: object) -> None:
        says = _("For whoever has set up an authenticator app: its code, or a recovery code.")
        known = {"max_length": 32, "required": False, "default": "", "allow_blank": True, "help_text": says}
        super().__init__(**{**known, **options})  # type: ignore[arg-type]


class Credentials(serializers.Serializer):
    """Who one says one is."""

    username = serializers.CharField(max_length=254)
    password = Password()
    otp = OneTimeCode()


class EmailCredentials(serializers.Serializer):
    """The same by e-mail."""

    email = serializers.EmailField(max_length=254)
    password = Password()
    otp = OneTimeCode()


class NewAccount(serializers.Serializer):
    """A new account in the booking and community dialects."""

    username = serializers.CharField(max_length=150)
    password = Password()
    email = serializers.EmailField(max_length=254)


class NewAdministrator(serializers.Serializer):
    """A new administrator."""

    username = serializers.CharField(max_length=150)
    password = Password()
    setupCode = Text(
        max_length=100, default="", help_text=_("Only for the first administrator: the code that the console prints.")
    )


class NewCustomer(serializers.Serializer):
    """A new account in v1."""

    username = serializers.CharField(max_length=150)
    password = Password()
    email = Text(max_length=254)
    phone = Text(max_length=40)
    nickname = Text(max_length=50)


class TokenOut(serializers.Serializer):
    """What the booking dialect's log-in gives."""

    token = serializers.CharField()


class PersonFields(serializers.Serializer):
    """Oneself, or a person as staff sees them."""

    user_id = serializers.IntegerField(source="pk")
    username = serializers.CharField()
    nickname = serializers.CharField()
    phone = serializers.SerializerMethodField()
    avatar_url = AddressOut()
    status = serializers.SerializerMethodField()
    created_at = HouseTime(source="date_joined")
    email = serializers.CharField(source="shown_email")
    email_verified = serializers.SerializerMethodField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    is_staff = serializers.BooleanField()

    def get_phone(self, user: User) -> str:
        """The number, or the empty text."""
        return str(user.phone or "")

    def get_status(self, user: User) -> int:
        """0 normal, 1 banned (and still so)."""
        now: datetime = self.context["now"]
        return int(user.is_banned(now))

    def get_email_verified(self, user: User) -> bool:
        """Whether the address was confirmed; until then nothing is sent there but the link to confirm it."""
        return is_confirmed(user)


Me = in_dialect(V1_DIALECT, PersonFields, name="Me", says="Oneself in v1.")
UserOut = in_dialect(
    V1_DIALECT,
    PersonFields,
    name="UserOut",
    says="A person as staff sees them in v1.",
    only=("user_id", "username", "nickname", "phone", "avatar_url", "status", "created_at"),
)
AdministratorOut = in_dialect(
    V1_DIALECT,
    PersonFields,
    name="AdministratorOut",
    says="An administrator.",
    only=("user_id", "username"),
    called={"user_id": "adminId"},
)
CommunityUser = in_dialect(
    COMMUNITY,
    PersonFields,
    name="CommunityUser",
    says="Oneself, in the community dialect.",
    only=("user_id", "username", "email", "email_verified"),
    called={"user_id": "id"},
)


class CommunityLogin(serializers.Serializer):
    """What the community dialect's log-in gives."""

    token = serializers.CharField()
    user = CommunityUser()


class CurrentPassword(Password):
    """The proof that a new password or address needs where the log-in isn't fresh."""

    def __init__(self, **options: object) -> None:
        says = _("Needed for a new password or e-mail address where the log-in is more than ten minutes ago.")
        super().__init__(**{"required": False, "help_text": says, **options})


class CommunityChange(serializers.Serializer):
    """What one changes about oneself there."""

    username = serializers.CharField(max_length=150, required=False)
    email = serializers.EmailField(max_length=254, required=False)
    current_password = CurrentPassword()


class BookingChange(serializers.Serializer):
    """What one changes about oneself in the booking dialect."""

    user_id = IdField(required=False)
    password = Password(required=False)
    email = serializers.EmailField(max_length=254, required=False)
    current_password = CurrentPassword()


class AdministratorLogin(serializers.Serializer):
    """What an administrator's log-in gives."""

    token = serializers.CharField()
    refreshToken = serializers.CharField()
    admin = AdministratorOut()


class LoginOut(serializers.Serializer):
    """What v1's log-in gives."""

    token = serializers.CharField()
    refreshToken = serializers.CharField()
    user = Me()


class MyChange(serializers.Serializer):
    """What one changes about oneself in v1; what is absent stays."""

    username = serializers.CharField(max_length=150, required=False)
    email = Text(max_length=254)
    currentPassword = CurrentPassword()
    phone = Text(max_length=40)
    nickname = Text(max_length=50)
    avatarUrl = WebAddress(source="avatar_url")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


class NewPassword(serializers.Serializer):
    """The old password and the new."""

    oldPassword = Password()
    newPassword = Password()


class RefreshIn(serializers.Serializer):
    """A refresh token."""

    refreshToken = serializers.CharField(max_length=4000)


class TokensOut(serializers.Serializer):
    """A fresh pair of tokens."""

    token = serializers.CharField(source="access")
    refreshToken = serializers.CharField(source="refresh")


class Farewell(serializers.Serializer):
    """Whether to log out of this session or of all."""

    everywhere = serializers.BooleanField(default=False)


class UserQuery(PageQuery):
    """Which people."""

    status = serializers.ChoiceField(choices=User.Status.choices, required=False, help_text=_("0 normal, 1 banned"))
