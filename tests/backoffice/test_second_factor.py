"""Where the house wants it, staff have a second factor before they see anything."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

PAGES = ["index", "ticketing_order_changelist", "board", "doors"]


@pytest.mark.parametrize("page", PAGES)
def test_without_one_staff_are_sent_to_set_it_up(page, office, settings):
    settings.STAFF_MFA = True

    response = office.get(reverse(f"admin:{page}"))

    assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))


def test_with_one_staff_come_in(office, boss, settings):
    settings.STAFF_MFA = True
    TOTP.activate(boss, generate_totp_secret())

    assert office.get(reverse("admin:index")).status_code == 200


def test_it_is_not_asked_for_unless_the_house_says_so(office):
    assert office.get(reverse("admin:index")).status_code == 200


def test_password_alone_does_not_log_in_who_has_one(client, boss):
    TOTP.activate(boss, generate_totp_secret())

    client.post(reverse("account_login"), {"login": "boss", "password": "correct horse 2"})

    assert client.get(reverse("admin:index")).status_code == 302


def test_stranger_is_still_sent_to_log_in(client, db, settings):
    settings.STAFF_MFA = True

    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
