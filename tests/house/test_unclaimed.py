"""A house without an administrator in production: health, static files, the page and the call that claim it."""

import pytest
from channels.testing import WebsocketCommunicator
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from accounts.administrators import new_setup_code
from accounts.models import User
from accounts.views.setup import SocketsOnceClaimed
from tests.factories import PASSWORD, a_customer, an_administrator

pytestmark = pytest.mark.django_db
REGISTER = "/api/v1/auth/admin/register"


@pytest.fixture(autouse=True)
def _production(settings):
    cache.clear()
    settings.CLAIM_FIRST = True


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/movies/", "/admin/", "/account/login/", "/no/such/page", "/media/x.png"]
)
def test_every_page_says_how_the_house_is_claimed(client, path):
    response = client.get(path)

    assert (response.status_code, response["Cache-Control"].split(",")[0]) == (503, "no-store")
    assert "manage.py setup_code" in response.content.decode()
    assert 'name="setup_code"' in response.content.decode()


def test_it_says_so_in_both_languages(client):
    assert "登记第一位管理员" in client.get("/account/setup/").content.decode()
    assert "Register the first administrator" in client.get("/en/account/setup/").content.decode()


ENVELOPES = {
    "/api/movie/search": {"status": -1},
    "/api/movies": {"status": "error"},
    "/api/v1/movies": {"code": 503, "data": None},
    "/api/v1/no/such/path": {"code": 503, "data": None},
    "/api/schema": {"status": -1},
    "/payments/sandbox/notify/": None,
}


@pytest.mark.parametrize("path", ENVELOPES)
def test_every_call_but_one_waits(client, path):
    response = client.get(path, headers={"accept-language": "en"})

    assert response.status_code == 503
    if ENVELOPES[path] is not None:
        told = response.json()
        assert told["message"] == "This cinema is not set up yet: its administrator has to be registered first."
        assert told | ENVELOPES[path] == told


def test_a_customers_sign_up_waits_too(client):
    body = {"username": "early", "password": PASSWORD, "email": "early@example.com"}

    assert client.post("/api/register", body).status_code == 503
    assert client.post("/account/signup/", {"username": "early", "password1": PASSWORD}).status_code == 503
    assert not User.objects.exists()


def test_health_is_told_without_asking_who_owns_the_house(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_the_call_with_the_code_opens_the_house(client):
    code = new_setup_code(now=timezone.now())

    body = {"username": "boss", "password": PASSWORD}

    wrong = client.post(REGISTER, {**body, "setupCode": "AAAA"}, content_type="application/json")
    right = client.post(REGISTER, {**body, "setupCode": code}, content_type="application/json")

    assert (wrong.status_code, right.status_code, client.get("/").status_code) == (403, 200, 200)


def test_the_page_with_the_code_opens_the_house(client):
    code = new_setup_code(now=timezone.now())
    form = {"setup_code": code, "username": "boss", "password": PASSWORD}

    response = client.post("/en/account/setup/", form, follow=True)

    assert response.redirect_chain == [("/en/account/login/", 302)]
    assert "The cinema is yours. Log in to open the back office." in response.content.decode()
    boss = User.objects.get(username="boss")
    assert boss.check_password(PASSWORD)
    client.force_login(boss, backend="accounts.backends.OpenAccounts")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"setup_code": "AAAA-AAAA"}, "This set-up code is wrong or no longer valid."),
        ({"setup_code": ""}, "This field is required."),
        ({"username": "no spaces"}, "Enter a valid username."),
        ({"username": "Taken"}, "This username is already taken."),
        ({"password": "12345"}, "This password is too short."),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client, changed, says):
    a_customer("taken")
    form = {"setup_code": new_setup_code(now=timezone.now()), "username": "boss", "password": PASSWORD, **changed}

    response = client.post("/en/account/setup/", form)

    page = response.content.decode()
    assert response.status_code in {400, 403}
    assert says in page
    assert form["username"] in page
    assert not User.objects.administrators().exists()


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_codes_are_not_tried_one_after_the_other_on_the_page(client):
    form = {"username": "boss", "password": PASSWORD}
    code = new_setup_code(now=timezone.now())

    wrong = [client.post("/account/setup/", {**form, "setup_code": f"A{number}"}).status_code for number in range(3)]
    locked = client.post("/account/setup/", {**form, "setup_code": code})

    assert (wrong, locked.status_code) == ([403, 403, 403], 429)


def test_the_page_takes_no_form_of_another_site():
    strict = Client(enforce_csrf_checks=True)
    form = {"setup_code": new_setup_code(now=timezone.now()), "username": "boss", "password": PASSWORD}

    assert strict.post("/account/setup/", form).status_code == 403
    assert not User.objects.exists()


def test_a_house_with_an_administrator_switched_off_is_served_and_has_no_such_page(client):
    an_administrator(is_active=False)

    assert client.get("/").status_code == 200
    assert client.get("/account/setup/").status_code == 404


def test_once_claimed_nobody_asks_again(client, django_assert_num_queries):
    an_administrator()
    client.get("/account/login/")

    with django_assert_num_queries(0):
        client.get("/account/login/")


def test_elsewhere_a_house_is_served_at_once(client, settings):
    settings.CLAIM_FIRST = False

    assert Client().get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("claimed", [False, True])
async def test_no_socket_opens_before(claimed):
    if claimed:
        await User.objects.acreate(username="boss", is_superuser=True)

    async def socket(scope, receive, send):
        await send({"type": "websocket.accept"})

    accepted, _protocol = await WebsocketCommunicator(SocketsOnceClaimed(socket), "/ws/chat").connect()

    assert accepted is claimed
