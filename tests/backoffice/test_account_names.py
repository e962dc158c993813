"""The journal's accounts are called by name; one that nobody named by its code."""

import pytest
from django.utils.translation import override

from backoffice.account_names import account_name


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("cash", "Cash in the house"),
        ("cash:T1", "Cash in till T1"),
        ("provider:card", "At the provider: Card at the counter"),
        ("reserved:gone", "Reserved at the provider: gone"),
        ("tax:reduced", "Tax owed: reduced"),
        ("revenue:snacks", "Sales: snacks"),
        ("something:else", "something:else"),
    ],
)
def test_an_account_has_a_name(account, name):
    with override("en"):
        assert account_name(account) == name
