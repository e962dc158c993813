"""Browsers of people who work in the house, each with only the permissions that are named."""

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.factories import a_clerk, a_customer


def browser_of(user) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    client.force_login(user, backend="accounts.backends.OpenAccounts")
    return client


def staff_who_may(*codenames: str, name: str = "") -> Client:
    """A member of staff with these permissions of the box office and no other."""
    return browser_of(may(a_clerk(name), *codenames))


def may(clerk: User, *codenames: str) -> User:
    """The same member of staff, with these permissions of the box office and no other."""
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="ticketing", codename__in=codenames))
    return clerk


def doors_closed(address: str, *, data: dict | None = None) -> dict[str, int]:
    """The status with which a passer-by, a customer and a colleague without the permission are answered."""
    people = {"passer-by": Client(), "customer": browser_of(a_customer()), "colleague": staff_who_may()}
    ask = {name: (client.get if data is None else client.post) for name, client in people.items()}
    return {name: call(address, data or {}).status_code for name, call in ask.items()}
