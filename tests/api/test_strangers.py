"""Nobody comes in who must not: at every endpoint that isn't public, found by the API's own addresses."""

import base64
import json

import pytest
import time_machine
from django.contrib.auth.models import Permission

from accounts.bans import ban_user
from accounts.credentials import change_password
from accounts.sessions import end_session, log_out_everywhere
from accounts.tokens import bearer_of, issue_tokens
from cinema.api.endpoints import ANYONE, SIGNED_IN, STAFF
from tests.api.addresses import every_endpoint
from tests.api.conftest import BEFORE, Caller
from tests.factories import a_clerk, a_customer, a_paid_order, an_administrator, an_order

pytestmark = pytest.mark.django_db

CLOSED = [served for served in every_endpoint() if served.terms.needs != ANYONE]
FOR_STAFF = [served for served in CLOSED if served.terms.needs != SIGNED_IN]


def without_token():
    return ""


def tampered():
    head, body, signature = issue_tokens(an_administrator()).access.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["user_id"] = str(an_administrator().pk)
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{forged}.{signature}"


def unsigned():
    _head, body, _signature = issue_tokens(an_administrator()).access.split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{body}."


def of_the_banned():
    user = an_administrator()
    token = issue_tokens(user).access
    ban_user(user_id=user.pk, by=an_administrator())
    return token


def from_before_the_new_password():
    user = an_administrator()
    token = issue_tokens(user).access
    change_password(user=user, password="another-long-password")
    return token


def logged_out_everywhere():
    user = an_administrator()
    token = issue_tokens(user).access
    log_out_everywhere(user=user)
    return token


def logged_out():
    token = issue_tokens(an_administrator()).access
    bearer = bearer_of(token, now=BEFORE)
    end_session(user=bearer.user, session_id=bearer.session_id)
    return token


def refresh_token():
    return issue_tokens(an_administrator()).refresh


def run_out():
    with time_machine.travel("2020-01-01"):
        return issue_tokens(an_administrator()).access


def of_one_who_left():
    user = an_administrator()
    token = issue_tokens(user).access
    user.is_active = False
    user.save()
    return token


STRANGERS = [
    without_token,
    tampered,
    unsigned,
    of_the_banned,
    from_before_the_new_password,
    logged_out_everywhere,
    logged_out,
    refresh_token,
    run_out,
    of_one_who_left,
]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.__name__)
def test_a_stranger_gets_into_no_closed_endpoint(stranger):
    caller = Caller(token=stranger())

    answers = {str(served): caller.call(served.method, served.filled()).status_code for served in CLOSED}

    assert answers == {str(served): 401 for served in CLOSED}


@pytest.mark.parametrize("make", [a_customer, a_clerk], ids=["a customer", "a clerk without permissions"])
def test_what_is_for_staff_stays_closed_to_others(make, as_user):
    caller = as_user(make())
    closed = [served for served in FOR_STAFF if make is a_customer or served.terms.needs != STAFF]

    answers = {str(served): caller.call(served.method, served.filled()).status_code for served in closed}

    assert answers == {str(served): 403 for served in closed}


@pytest.mark.parametrize("served", [one for one in FOR_STAFF if one.terms.needs != STAFF], ids=str)
def test_the_one_permission_an_endpoint_names_opens_it(served, as_user):
    clerk = a_clerk()
    app, codename = served.terms.needs.split(".")
    clerk.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))

    response = as_user(clerk).call(served.method, served.filled(user_id=999))

    assert response.status_code not in (401, 403)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/admin/movie/manage", {"action": "add", "movie_info": {"title": "x", "duration": 1}}),
        ("/api/admin/movie/manage", {"action": "delete", "movie_info": {"movie_id": 1}}),
        ("/api/admin/showtime/manage", {"action": "delete", "showtime_info": {"showtime_id": 1}}),
    ],
)
def test_a_clerk_without_the_verbs_permission_manages_nothing(path, body, as_user):
    assert as_user(a_clerk()).post(path, body).status_code == 403


@pytest.mark.parametrize("pending", [True, False])
def test_someone_elses_order_is_not_there(house, customer, as_user, pending):
    make = an_order if pending else a_paid_order
    order = make(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    stranger = as_user(a_customer("user2"))
    path = f"/api/v1/orders/{order.pk}"

    answers = [
        stranger.get(path),
        stranger.post(f"{path}/pay", {"provider": "sandbox", "token": "success"}),
        stranger.post(f"{path}/cancel"),
        stranger.post(f"{path}/refund"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, 30001)] * 4
    before = order.status
    order.refresh_from_db()
    assert order.status == before


def test_someone_elses_ticket_is_not_there(house, customer, as_user):
    order = a_paid_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    path = f"/api/v1/tickets/{order.tickets.get().code}"

    assert as_user(customer).get(path).status_code == 200
    assert as_user(a_customer("user2")).get(path).status_code == 404
    assert as_user(a_clerk()).get(path).status_code == 404


def test_a_clerk_does_not_take_an_administrators_account_over(admin, as_user):
    clerk = a_clerk()
    clerk.user_permissions.add(Permission.objects.get(codename="change_user"))

    response = as_user(clerk).post("/api/user/update", {"user_id": admin.pk, "password": "another-long-password"})

    admin.refresh_from_db()
    assert (response.status_code, admin.check_password("another-long-password")) == (403, False)


def test_refunding_by_either_dialect_needs_its_own_permission(house, customer, as_user):
    order = a_paid_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    clerk = a_clerk()
    clerk.user_permissions.add(Permission.objects.get(codename="change_order"))
    caller = as_user(clerk)

    by_v1 = caller.put(f"/api/v1/admin/orders/{order.pk}/status", {"status": "refunded"})
    by_booking = caller.post("/api/admin/order/process", {"action": "cancel", "order_id": order.pk})

    assert (by_v1.status_code, by_booking.status_code) == (403, 403)
