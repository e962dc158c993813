"""Second factors in the back office: their secrets are never shown, and one that is taken off is told of."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import NoReverseMatch, reverse

from accounts.models import Letter, SecurityEvent
from tests.backoffice.staff import browser_of
from tests.factories import a_clerk, an_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def app():
    """A clerk's authenticator app, and its secret."""
    clerk, secret = a_clerk(email="clerk@example.com"), generate_totp_secret()
    TOTP.activate(clerk, secret)
    Authenticator.objects.create(user=clerk, type="recovery_codes", data={"seed": "sesame"})
    return Authenticator.objects.get(type="totp"), secret


def test_no_administrator_reads_a_secret(app):
    authenticator, secret = app
    browser = browser_of(an_administrator())

    pages = [
        browser.get(reverse("admin:mfa_authenticator_changelist")),
        browser.get(reverse("admin:mfa_authenticator_change", args=[authenticator.pk])),
    ]

    assert [page.status_code for page in pages] == [200, 200]
    assert not any(word in page.content.decode() for page in pages for word in (secret, authenticator.data["secret"]))


@pytest.mark.parametrize("how", ["by its page", "from the list"])
def test_what_an_administrator_takes_off_is_gone_with_the_recovery_codes_and_told_to_its_owner(app, how):
    authenticator, _secret = app
    boss = an_administrator()
    browser = browser_of(boss)

    if how == "by its page":
        browser.post(reverse("admin:mfa_authenticator_delete", args=[authenticator.pk]), {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [authenticator.pk], "post": "yes"}
        browser.post(reverse("admin:mfa_authenticator_changelist"), chosen)

    assert not Authenticator.objects.exists()
    event = SecurityEvent.objects.about(authenticator.user).get(kind="factor_removed")
    assert (event.by, event.detail) == (boss, "totp")
    assert Letter.objects.filter(recipient=authenticator.user, kind="security").count() == 1


def test_nobody_plants_a_confirmed_address():
    with pytest.raises(NoReverseMatch):
        reverse("admin:account_emailaddress_add")


def test_staff_change_their_password_where_wrong_ones_count_and_the_owner_is_told():
    browser = browser_of(a_clerk())

    answer = browser.get(reverse("admin:password_change"))
    tried = browser.post(reverse("admin:password_change"), {"old_password": "x", "new_password1": "y"})

    assert (answer.url, tried.url) == ("/account/password/change/", "/account/password/change/")
