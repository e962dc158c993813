"""A passkey in Chromium: set up on the profile, named on its page, and used instead of a password."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import sign_up

KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


@pytest.fixture(scope="module")
def site(serve):
    """A cinema."""
    return serve()


@pytest.fixture
def phone(new_page) -> Page:
    """A page of a device that has a fingerprint reader, whose owner always says yes."""
    page = new_page(viewport={"width": 360, "height": 780})
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    yes = {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **yes}})
    return page


def test_a_passkey_is_set_up_and_logs_in_without_a_password(site, phone):
    here = site.url.replace("127.0.0.1", "localhost")  # browsers make no passkeys for a bare address
    name = sign_up(phone, here)
    site.shell("from allauth.account.models import EmailAddress; EmailAddress.objects.update(verified=True)")
    phone.goto(f"{here}/account/2fa/webauthn/add/")
    phone.locator("[name=name]").fill("My phone")
    phone.locator("[name=passwordless]").check()
    phone.locator("#mfa_webauthn_add").click()
    phone.wait_for_url(lambda address: "/add/" not in address)
    phone.goto(f"{here}/account/2fa/webauthn/")
    expect(phone.locator("main")).to_contain_text("My phone")
    phone.goto(f"{here}/account/profile/")
    phone.locator("main form[action='/account/logout/'] button").click()
    expect(phone.locator(".nav")).not_to_contain_text(name)

    phone.goto(f"{here}/account/login/")
    first = phone.locator("main button").first
    expect(first).to_have_id("passkey_login")
    first.click()

    expect(phone.locator(".nav")).to_contain_text(name)
