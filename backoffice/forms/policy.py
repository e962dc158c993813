"""The form of a rule for refunds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.times import LocalTimeField
from ticketing.models import RefundPolicy


class RefundPolicyForm(forms.ModelForm):
    """A new rule; it holds from now on unless a later moment is named."""

    valid_from = LocalTimeField(label=_("holds from"), required=False, help_text=_("Empty: from now on."))

    class Meta:
        model = RefundPolicy
        fields = [
            "audience",
            "valid_from",
            "until",
            "minutes_before",
            "used_tickets",
            "max_amount",
            "fee_percent",
            "fee_amount",
        ]
