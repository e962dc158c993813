"""What a person may change about their account on its page."""

from django import forms
from django.utils.translation import gettext_lazy as _


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
