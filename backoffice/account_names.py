"""The journal's accounts in words, beside their codes: ``provider:card`` is money that the card terminal's bank has."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ticketing.journal import accounts
from ticketing.money.providers import PROVIDERS

NAMES = {
    accounts.cash(): gettext_lazy("Cash in the house"),
    accounts.FEES: gettext_lazy("Fees earned"),
    accounts.GIFT_CARDS: gettext_lazy("Gift cards outstanding"),
    accounts.REFUNDS_OWED: gettext_lazy("Refunds owed"),
    accounts.DIFFERENCES: gettext_lazy("Differences and rounding"),
    accounts.PETTY_CASH: gettext_lazy("Petty cash"),
    accounts.FLOATS: gettext_lazy("Floats"),
    accounts.TICKETS: gettext_lazy("Ticket sales"),
}


def account_name(account: str) -> str:
    """An account as people call it; one that nobody named is called by its code."""
    if account in NAMES:
        return str(NAMES[account])
    kind, _colon, of = account.partition(":")
    match kind:
        case "cash":
            return _("Cash in till %(till)s") % {"till": of}
        case "provider":
            return _("At the provider: %(provider)s") % {"provider": _provider(of)}
        case "reserved":
            return _("Reserved at the provider: %(provider)s") % {"provider": _provider(of)}
        case "tax":
            return _("Tax owed: %(rate)s") % {"rate": of}
        case "revenue":
            return _("Sales: %(sort)s") % {"sort": of}
    return account


def _provider(name: str) -> str:
    found = PROVIDERS.get(name)
    return str(found.label) if found else name
