"""What a person may change about their account on its page."""

from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.webauthn import forms as mfa
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
    """allauth's, with no text twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        _without_placeholders(self)


class ChangePasswordForm(allauth.ChangePasswordForm):
    """allauth's, likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        _without_placeholders(self)


class ResetPasswordForm(allauth.ResetPasswordForm):
    """allauth's, likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self)


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    """allauth's, likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        _without_placeholders(self)


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
