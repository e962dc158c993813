"""Money in whole minor units: what goes in comes out, and no unit is lost or made by rounding."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cinema.currencies import DECIMALS
from cinema.environment import Environment
from cinema.money import (
    BadAmount,
    as_number,
    as_price,
    as_text,
    decimals,
    part_of,
    shared_out,
    to_major,
    to_minor,
    units,
)
from cinema.money_fields import MoneyFormField

CURRENCIES = st.sampled_from(["JPY", "CNY", "KWD"])
AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)
PRICES = st.lists(st.integers(min_value=0, max_value=10**8), min_size=1, max_size=20)


@given(currency=CURRENCIES, amount=AMOUNTS)
def test_what_goes_in_comes_out(currency, amount):
    assert to_minor(to_major(amount, currency), currency) == amount
    assert to_minor(as_text(amount, currency), currency) == amount
    assert to_minor(as_text(amount, currency, whole=True), currency) == amount


@given(currency=CURRENCIES, amount=AMOUNTS)
def test_on_the_wire_it_is_a_number_with_at_most_the_currency_s_decimals(currency, amount):
    written = json.dumps(as_number(amount, currency))

    assert Decimal(written) == to_major(amount, currency)
    assert len(written.partition(".")[2]) <= decimals(currency)


@given(currency=CURRENCIES, amount=AMOUNTS, digit=st.integers(min_value=1, max_value=9))
def test_more_decimals_than_the_currency_has_are_no_amount(currency, amount, digit):
    finer = to_major(amount, currency) + Decimal(digit).scaleb(-decimals(currency) - 1)

    with pytest.raises(BadAmount):
        to_minor(finer, currency)


@given(total=AMOUNTS, weights=PRICES)
def test_a_discount_shared_out_adds_up_and_each_item_but_the_last_is_rounded_half_up(total, weights):
    shares = shared_out(total, weights)

    whole = sum(weights)
    exact = [Decimal(total) * weight / whole if whole else Decimal(0) for weight in weights[:-1]]
    assert sum(shares) == total
    assert all(abs(share - right) <= Decimal("0.5") for share, right in zip(shares, exact, strict=False))


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "part"),
    [(4500, 15, 100, 675), (5, 1, 2, 3), (-5, 1, 2, -3), (7, 1, 3, 2), (8, 1, 3, 3), (0, 1, 3, 0), (1, 49, 100, 0)],
)
def test_a_part_is_rounded_half_up(amount, numerator, denominator, part):
    assert part_of(amount, numerator, denominator) == part


def test_what_is_left_over_lies_on_the_last_item():
    assert shared_out(100, [1, 1, 1]) == [33, 33, 34]
    assert shared_out(-100, [1, 1, 1]) == [-33, -33, -34]
    assert shared_out(5, [0, 0]) == [0, 5]
    assert shared_out(5, []) == []


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "", "45,00", "1e", "四十五"])
def test_what_is_no_number_is_no_amount(text):
    with pytest.raises(BadAmount):
        to_minor(text)


def test_as_people_read_it(settings):
    assert [as_price(amount) for amount in (4500, 4550, 0, -1500)] == ["¥45", "¥45.50", "¥0", "¥-15"]
    assert as_price(4500, "JPY") == "JPY 4500"
    assert as_price(1250, "KWD") == "KWD 1.250"
    settings.CURRENCY = "KWD"
    assert (as_text(1250), units()) == ("1.250", 1000)


def test_a_form_reads_major_units_and_gives_minor_ones(settings):
    field = MoneyFormField(min_value=0, max_value=100_000_00)

    assert (field.clean("45.5"), field.clean("100000")) == (4550, 100_000_00)
    assert (field.prepare_value(4550), field.prepare_value("45.5x")) == ("45.50", "45.5x")
    assert [field.has_changed(4550, text) for text in ("45.5", "45.50", "45.51", "", "x")] == [
        False,
        False,
        True,
        True,
        True,
    ]
    for wrong in ("-0.01", "100000.01", "45.505", "NaN", "x"):
        with pytest.raises(ValidationError):
            field.clean(wrong)
    settings.CURRENCY = "JPY"
    assert MoneyFormField().clean("4500") == 4500
    with pytest.raises(ValidationError):
        MoneyFormField().clean("45.5")


def test_the_currency_is_one_of_iso_4217():
    assert [DECIMALS[code] for code in ("JPY", "KRW", "CNY", "EUR", "USD", "KWD", "BHD")] == [0, 0, 2, 2, 2, 3, 3]
    assert Environment({"CURRENCY": "KWD"}).currency("CURRENCY", "CNY") == "KWD"
    for wrong in ("RMB", "cny", "¥", "XXX"):
        with pytest.raises(ImproperlyConfigured, match="is no currency of ISO 4217"):
            Environment({"CURRENCY": wrong}).currency("CURRENCY", "CNY")
