"""The forms of orders."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ticketing.models import Order, Ticket
from ticketing.money.providers import provider_named


class ConfirmForm(forms.Form):
    """Taking a pending order's money at the counter."""

    provider = forms.ChoiceField(
        label=_("paid by"), choices=[(name, provider_named(name).label) for name in ("cash", "card")]
    )


class RefundForm(forms.Form):
    """Which tickets are given back, and why."""

    tickets = forms.ModelMultipleChoiceField(
        label=_("tickets"), queryset=Ticket.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("The customer reads it."))

    def __init__(self, *args: object, order: Order, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        standing = order.tickets.exclude(status=Ticket.Status.REFUNDED).select_related("line")
        self.fields["tickets"].queryset = standing
        self.fields["tickets"].initial = [ticket.pk for ticket in standing]
