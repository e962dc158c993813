"""The forms of people: bans, and passwords set by the domain."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.utils.translation import gettext_lazy as _

from accounts.credentials import change_password, take_password_away
from accounts.models import User
from backoffice.forms.times import LocalTimeField


class BanForm(forms.Form):
    """Why someone is kept out, and until when."""

    reason = forms.CharField(label=_("reason"), max_length=200)
    until = LocalTimeField(label=_("until"), required=False, help_text=_("Empty: for good."))


class PasswordForm(AdminPasswordChangeForm):
    """A new password; every session and token of the person ends with the old one. ``by`` is who sets it."""

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def save(self, commit: bool = True) -> User:
        """Set it through the domain, or take the password away."""
        if not self.cleaned_data["set_usable_password"]:
            return take_password_away(user=self.user, by=self.by)
        return change_password(user=self.user, password=self.cleaned_data["password1"], by=self.by)
