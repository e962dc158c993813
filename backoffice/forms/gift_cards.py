"""The form with which gift cards are sold and given away."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money_fields import MoneyFormField
from ticketing.models import GiftCard


class GiftCardForm(forms.Form):
    """A new card: its value, how it is paid, and why where it is given away."""

    amount = MoneyFormField(label=_("value"))
    method = forms.ChoiceField(label=_("paid by"))
    reason = forms.CharField(
        label=_("reason"), max_length=200, required=False, help_text=_("Needed where the card is given away.")
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, by: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        may = {"given": "ticketing.issue_gift_card"}
        self.fields["method"].choices = [
            (name, label)
            for name, label in GiftCard.Method.choices
            if by.has_perm(may.get(name, "ticketing.sell_at_counter"))
        ]
