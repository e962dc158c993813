"""What a person may change about their account on its page."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.mfa.webauthn import forms as mfa
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.attempts import TooManyAttempts
from accounts.credentials import is_current_password, reset_password, what_was_set_up
from accounts.email_addresses import owners_to_reset, reset_address
from accounts.models import User
from accounts.reset_links import ResetLinks, address_of_link
from accounts.signup import sign_up_discreetly
from cinema.rate_limits import caller_of, policy, take

# What settings.AUTH_PASSWORD_VALIDATORS ask for, in one sentence.
GOOD_PASSWORD = _("At least 8 characters, not only digits, nothing common and nothing about yourself.")


class LoginForm(allauth.LoginForm):
    """allauth's, with a label that says what to write, and no text twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")
        self.fields["password"].help_text = ""
        _without_placeholders(self)


class SignupForm(allauth.SignupForm):
    """allauth's, with no text twice; the account is opened by the domain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        _without_placeholders(self)

    def save(self, request: HttpRequest) -> User:
        """Open it; whoever signs up learns nothing about whether the address is known."""
        facts = self.cleaned_data
        take(policy.SIGN_UPS, caller_of(request))
        return sign_up_discreetly(
            username=facts["username"],
            password=facts["password1"],
            email=facts["email"],
            language=get_language() or settings.LANGUAGE_CODE,
        )


class ChangePasswordForm(allauth.ChangePasswordForm):
    """allauth's, likewise; a wrong current password counts as a failed log-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        _without_placeholders(self)

    def clean_oldpassword(self) -> str:
        """The current password. Raises ValidationError."""
        given = self.cleaned_data.get("oldpassword", "")
        try:
            if is_current_password(user=self.user, password=given):
                return given
        except TooManyAttempts as refusal:
            raise forms.ValidationError(str(refusal)) from None
        raise get_adapter().validation_error("enter_current_password")


class ResetPasswordForm(allauth.ResetPasswordForm):
    """allauth's, likewise; a link goes only to an address that may reset the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self)

    def clean_email(self) -> str:
        """The address as typed; who has it is nobody's business here."""
        self.users = owners_to_reset(self.cleaned_data["email"])
        return self.cleaned_data["email"]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send a link that names the mailbox it was sent to, or a mail that says that nobody has the address."""
        email = self.cleaned_data["email"]
        generator = ResetLinks(reset_address(user=self.users[0], email=email)) if self.users else None
        request_password_reset(request, email, self.users, generator)
        return email


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    """allauth's, likewise; and which of what was set up before is to stay."""

    keep = forms.MultipleChoiceField(
        label=_("Keep what was set up before"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick only what is yours. The rest is removed: somebody else may have set it up."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        self.address = address_of_link(self.user, self.temp_key)
        before = what_was_set_up(user=self.user, address=self.address.email) if self.address else []
        self.fields["keep"].choices = before
        if not before:
            del self.fields["keep"]
        _without_placeholders(self)

    def save(self) -> None:
        """Set it, and clear away what isn't kept."""
        reset_password(
            user=self.user,
            password=self.cleaned_data["password1"],
            address=self.address.email,
            keep=self.cleaned_data.get("keep", ()),
        )


class AddWebAuthnForm(mfa.AddWebAuthnForm):
    """allauth's, with a label that says what is to be named."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


def _without_placeholders(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class ProfileForm(forms.Form):
    """Shape only; whether a phone number or an address is acceptable is for ``accounts.profile`` to say."""

    nickname = forms.CharField(
        label=_("Nickname"), max_length=50, required=False, help_text=_("What others see beside your comments.")
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    avatar_url = forms.CharField(
        label=_("Address of your picture"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"type": "url", "inputmode": "url"}),
        help_text=_("Begins with http:// or https://."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("zh-hans", "中文"), ("en", "English")],
        required=False,
        help_text=_("In which we write to you about your orders."),
    )

    def clean_language(self) -> str | None:
        """None, which changes nothing, where it was not sent."""
        return self.cleaned_data["language"] or None


class FirstAdministratorForm(forms.Form):
    """Claiming a house: the console's code, and the account that will be in charge."""

    setup_code = forms.CharField(
        label=_("Set-up code"),
        max_length=100,
        help_text=_("The console printed it when the cinema started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    username = forms.CharField(
        label=_("Username"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        help_text=GOOD_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.OPEN_ADMIN_REGISTER:
            del self.fields["setup_code"]
