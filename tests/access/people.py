"""Everybody who may knock: people without an account, customers, each role of staff, and who was shut out."""

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client

from accounts.bans import ban_user
from accounts.models import User
from cinema.rate_limits.callers import cookie_name, new_device
from tests.factories import a_clerk, a_customer, an_administrator

# The customer is the one whose orders, party, letters and marks the house has.
STRANGERS = ("nobody", "guest", "banned")
CUSTOMERS = ("customer", "other customer")
ROLES = ("Manager", "Programmer", "Box office", "Usher", "Moderator")
PROVEN = (*ROLES, "administrator")
UNPROVEN = ("manager without second factor",)
EVERYBODY = (*STRANGERS, *CUSTOMERS, *PROVEN, *UNPROVEN)


def of_role(role: str) -> User:
    """A member of staff with this role."""
    clerk = a_clerk()
    clerk.groups.add(Group.objects.get(name=role))
    return clerk


def with_second_factor(user: User) -> User:
    """The same, with an authenticator app."""
    TOTP.activate(user, generate_totp_secret())
    return user


def make(who: str, *, customer: User) -> User | None:
    """The account of one of ``EVERYBODY``; nobody and guests have none."""
    if who in ("nobody", "guest"):
        return None
    if who == "customer":
        return customer
    if who == "administrator":
        return with_second_factor(an_administrator())
    if who in ROLES:
        return with_second_factor(of_role(who))
    return of_role("Manager") if who in UNPROVEN else a_customer()


def browser(who: str, user: User | None, *, by: User) -> Client:
    """Their browser, in which they are logged in; the banned one was, until just now."""
    client = Client(raise_request_exception=False)
    if who == "guest":
        client.cookies[cookie_name()] = new_device()
    if user is not None:
        client.force_login(user, backend="accounts.backends.OpenAccounts")
    if who == "banned":
        ban_user(user_id=user.pk, by=by)
    return client
