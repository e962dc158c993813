"""The forms of orders."""

from collections.abc import Collection
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money import units
from cinema.money_fields import MoneyFormField
from ticketing.models import Order, Ticket
from ticketing.money.providers import provider_named
from ticketing.money.refund_policy import beyond_limits, fee_of, is_beyond, staff_policy

MAX_CASH = 999_999  # in major units


class ConfirmForm(forms.Form):
    """Taking a pending order's money at the counter."""

    provider = forms.ChoiceField(
        label=_("paid by"), choices=[(name, provider_named(name).label) for name in ("cash", "card")]
    )


class PartsForm(forms.Form):
    """How a sale that waits is paid by several means: gift cards, the cash handed over, the terminal."""

    gift_cards = forms.CharField(
        label=_("Gift cards"),
        max_length=200,
        required=False,
        help_text=_("Scan or type the code; several with a space between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    cash = MoneyFormField(label=_("Cash received"), min_value=0, max_value=MAX_CASH * units(), required=False)
    on_card = MoneyFormField(required=False, widget=forms.HiddenInput)

    @property
    def received(self) -> int:
        """The cash handed over."""
        return self.cleaned_data.get("cash") or 0

    @property
    def codes(self) -> list[str]:
        """The codes of gift cards."""
        return self.cleaned_data.get("gift_cards", "").split()


class RefundForm(forms.Form):
    """Which tickets are given back, and why: none is ticked beforehand, and the sum is seen before it is paid out."""

    tickets = forms.ModelMultipleChoiceField(
        label=_("tickets"),
        queryset=Ticket.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick the tickets that are given back."),
            "invalid_choice": _("One of these tickets can't be given back, or was already. Please look again."),
        },
    )
    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("The customer reads it."))
    confirmed_sum = MoneyFormField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, order: Order, by: User, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.by, self.now = order, by, now
        standing = Ticket.objects.filter(order=order).standing().select_related("line").order_by("pk")
        self.fields["tickets"].queryset = standing

    @property
    def offered_ids(self) -> set[int]:
        """The tickets that may be ticked."""
        return {ticket.pk for ticket in self.fields["tickets"].queryset}

    @property
    def beyond_ids(self) -> set[int]:
        """Those of them that take a second person whatever they cost."""
        policy = staff_policy(self.by, self.now)
        tickets = self.fields["tickets"].queryset
        return {ticket.pk for ticket in tickets if is_beyond(policy, ticket, self.order.showtime, self.now)}

    @property
    def ticked_ids(self) -> Collection[int]:
        """Those that were ticked when the form was sent."""
        texts = self.data.getlist("tickets") if self.is_bound else []
        return {int(text) for text in texts if text.isascii() and text.isdigit()}

    @property
    def total(self) -> int:
        """What has to be paid out for the tickets of a valid form."""
        return sum(ticket.price for ticket in self.cleaned_data["tickets"]) - self.fee

    @property
    def fee(self) -> int:
        """What the house keeps of it."""
        prices = [ticket.price for ticket in self.cleaned_data["tickets"]]
        return fee_of(staff_policy(self.by, self.now), prices)

    @property
    def needs_approval(self) -> bool:
        """Whether a second person has to decide about the tickets of a valid form."""
        tickets = list(self.cleaned_data["tickets"])
        return beyond_limits(order=self.order, tickets=tickets, by=self.by, now=self.now)

    @property
    def is_confirmed(self) -> bool:
        """Whether exactly this sum was seen and agreed to."""
        return self.cleaned_data["confirmed_sum"] == self.total
