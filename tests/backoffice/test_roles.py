"""Every role can do its work and nothing else: a table of role × action."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from backoffice.roles import ROLES
from tests.factories import a_clerk, an_administrator

EVERYONE = {"Manager", "Programmer", "Box office", "Usher", "Moderator"}
LISTS = {
    "ticketing_showtime": EVERYONE - {"Moderator"},
    "ticketing_hall": {"Manager", "Programmer", "Box office"},
    "ticketing_pricecard": {"Manager", "Programmer"},
    "catalog_movie": EVERYONE,
    "catalog_person": {"Manager", "Programmer"},
    "catalog_genre": {"Manager", "Programmer"},
    "ticketing_order": {"Manager", "Box office"},
    "ticketing_ticket": {"Manager", "Box office", "Usher"},
    "ticketing_payment": {"Manager", "Box office"},
    "ticketing_refund": {"Manager", "Box office"},
    "ticketing_giftcard": {"Manager"},
    "ticketing_ledgerentry": {"Manager"},
    "ticketing_journalentry": {"Manager"},
    "ticketing_verification": {"Manager"},
    "ticketing_till": {"Manager"},
    "ticketing_refundpolicy": {"Manager"},
    "accounts_letter": {"Manager", "Box office"},
    "accounts_user": {"Manager", "Moderator"},
    "auth_group": {"Manager"},
    "admin_logentry": {"Manager"},
    "accounts_securityevent": {"Manager"},
    "accounts_housetext": {"Manager"},
    "social_comment": {"Manager", "Moderator"},
    "social_commentreport": {"Manager", "Moderator"},
    "social_rating": {"Manager", "Moderator"},
    "social_room": {"Manager", "Moderator"},
    "social_chatmessage": {"Manager", "Moderator"},
    "social_restriction": {"Manager", "Moderator"},
    "social_party": {"Manager", "Moderator"},
}
ADDING = {
    "ticketing_showtime": {"Manager", "Programmer"},
    "ticketing_hall": {"Manager"},
    "ticketing_pricecard": {"Manager", "Programmer"},
    "catalog_movie": {"Manager", "Programmer"},
    "accounts_user": {"Manager"},
    "auth_group": set(),
    "accounts_letter": set(),
    "ticketing_order": set(),
    "ticketing_ledgerentry": set(),
    "ticketing_till": {"Manager"},
    "ticketing_refundpolicy": {"Manager"},
    "accounts_housetext": {"Manager"},
}
ACTS = {
    "ticketing_order_confirm": {"Manager", "Box office"},
    "ticketing_order_cancel": {"Manager", "Box office"},
    "ticketing_order_refund": {"Manager", "Box office"},
    "ticketing_showtime_cancel": {"Manager"},
    "ticketing_showtime_move": {"Manager"},
    "accounts_user_ban": {"Manager", "Moderator"},
    "accounts_user_unban": {"Manager", "Moderator"},
}
TOOLS = {
    "board": EVERYONE - {"Moderator"},
    "board_place": {"Manager", "Programmer"},
    "board_move": {"Manager", "Programmer"},
    "board_drop": {"Manager", "Programmer"},
    "board_fill": {"Manager", "Programmer"},
    "board_copy": {"Manager", "Programmer"},
    "board_publish": {"Manager", "Programmer"},
    "catalog_movie_tmdb": {"Manager", "Programmer"},
    "catalog_movie_stream": {"Manager", "Programmer"},
    "ticketing_hall_grid": {"Manager"},
    "ticketing_hall_broken": {"Manager"},
    "doors": {"Manager", "Usher"},
    "counter": {"Manager", "Box office"},
    "own_shift": {"Manager", "Box office"},
    "gift_cards": {"Manager", "Box office"},
    "tills": {"Manager"},
    "approvals": {"Manager"},
    "alerts": {"Manager"},
    "days": {"Manager"},
    "day_close": {"Manager"},
    "reports": {"Manager"},
    "report_takings": {"Manager"},
    "report_return": {"Manager"},
    "report_return_file": {"Manager"},
    "report_postings": {"Manager"},
    "report_posting_lines": {"Manager"},
    "work": {"Manager"},
}

POSTED = ("board_", "report_return_file", "day_close")


@pytest.fixture
def staff(db):
    """Makes somebody with this role and answers their browser."""

    def of_role(role: str) -> Client:
        person = User.objects.create_user(f"staff-{role.split()[0].lower()}", password="correct horse 3", is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(person, backend="accounts.backends.OpenAccounts")
        return client

    return of_role


def test_groups_are_what_the_table_says(db):
    laid = {
        group.name: {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()}
        for group in Group.objects.prefetch_related("permissions__content_type")
    }

    assert laid == ROLES


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_role_sees_its_lists_and_no_others(role, staff):
    browser = staff(role)

    seen = {name for name in LISTS if browser.get(reverse(f"admin:{name}_changelist")).status_code == 200}

    assert seen == {name for name, roles in LISTS.items() if role in roles}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_role_adds_what_is_its_work_and_nothing_else(role, staff):
    browser = staff(role)

    addable = {name for name in ADDING if browser.get(reverse(f"admin:{name}_add")).status_code == 200}

    assert addable == {name for name, roles in ADDING.items() if role in roles}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_role_acts_where_it_may_and_nowhere_else(role, staff, sell, customer, showtime):
    browser, order = staff(role), sell("A1")
    rows = {"order": order.pk, "showtime": showtime.pk, "user": customer.pk}

    done = {
        name
        for name in ACTS
        if browser.post(reverse(f"admin:{name}", args=[rows[name.split("_")[1]]])).status_code != 403
    }

    assert done == {name for name, roles in ACTS.items() if role in roles}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_role_has_its_tools_and_no_others(role, staff, hall, movie):
    browser = staff(role)
    rows = {name: [hall.pk] for name in TOOLS if name.startswith("ticketing_hall")}
    rows["catalog_movie_stream"] = [movie.pk]
    addresses = {name: reverse(f"admin:{name}", args=rows.get(name, [])) for name in TOOLS}

    opened = {
        name
        for name, address in addresses.items()
        if (browser.post if name.startswith(POSTED) else browser.get)(address).status_code != 403
    }

    assert opened == {name for name, roles in TOOLS.items() if role in roles}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_navigation_shows_the_role_its_own_lists(role, staff):
    browser = staff(role)

    sections = browser.get(reverse("admin:index")).context["available_apps"]

    shown = {
        f"{m['model']._meta.app_label}_{m['model']._meta.model_name}"
        for s in sections
        for m in s["models"]
        if "model" in m
    }
    assert shown == {name for name, roles in LISTS.items() if role in roles}


def test_manager_hires_an_usher_and_makes_no_administrator(staff, customer):
    browser = staff("Manager")
    usher = Group.objects.get(name="Usher")
    facts = {"username": customer.username, "email": customer.email, "is_active": "on", "is_staff": "on"}

    browser.post(
        reverse("admin:accounts_user_change", args=[customer.pk]),
        facts | {"groups": [usher.pk], "is_superuser": "on"},
    )

    customer.refresh_from_db()
    assert (customer.is_staff, list(customer.groups.all()), customer.is_superuser) == (True, [usher], False)


def test_manager_does_not_touch_an_administrator(staff, boss):
    browser = staff("Manager")

    changed = browser.post(reverse("admin:accounts_user_change", args=[boss.pk]), {"username": "mine"})
    password = browser.post(reverse("admin:auth_user_password_change", args=[boss.pk]), {"password1": "x"})

    assert (changed.status_code, password.status_code) == (403, 403)


def test_the_last_administrator_stays_one(office, boss):
    facts = {"username": boss.username, "email": boss.email, "is_active": "on", "is_staff": "on"}
    address = reverse("admin:accounts_user_change", args=[boss.pk])

    refused = office.post(f"/en{address}", facts)
    alone = User.objects.get(pk=boss.pk).is_superuser
    an_administrator()
    office.post(address, facts)

    assert "This is the last administrator. Make somebody else one first." in refused.content.decode()
    assert (alone, User.objects.get(pk=boss.pk).is_superuser) == (True, False)


@pytest.mark.parametrize("is_active", [True, False], ids=["at work", "switched off"])
def test_manager_does_not_touch_who_may_do_more(staff, is_active):
    browser, colleague = staff("Manager"), a_clerk(is_active=is_active)
    colleague.groups.add(Group.objects.get(name="Usher"))
    addresses = [
        reverse(f"admin:{name}", args=[colleague.pk]) for name in ("accounts_user_change", "auth_user_password_change")
    ]
    before = [browser.get(address).status_code for address in addresses]
    colleague.user_permissions.add(Permission.objects.get(codename="change_group"))

    changed = [browser.post(address, {"username": "mine", "password1": "x"}).status_code for address in addresses]

    assert (before, changed) == ([200, 200], [403, 403])


def test_who_is_switched_off_loses_every_door_and_a_new_address_waits_for_its_owner(staff, customer):
    browser, address = staff("Manager"), reverse("admin:accounts_user_change", args=[customer.pk])
    EmailAddress.objects.create(user=customer, email=customer.email, verified=True, primary=True)
    facts = {"username": customer.username, "email": "new@example.com", "is_active": "on"}

    browser.post(address, facts)
    version = User.objects.get(pk=customer.pk).token_version
    browser.post(address, {**facts, "is_active": ""})

    customer.refresh_from_db()
    assert (customer.email, customer.new_email) == ("xm@example.com", "new@example.com")
    assert list(EmailAddress.objects.filter(verified=True).values_list("email", flat=True)) == [customer.email]
    assert (customer.is_active, customer.token_version) == (False, version + 1)
