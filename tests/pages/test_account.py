"""Signing up, logging in and out, the profile."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from email.header import decode_header, make_header
from email.utils import parseaddr
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.bans import ban_user
from accounts.email_addresses import confirm_email, give_email
from accounts.models import User
from accounts.signup import EmailTaken, sign_up
from tests.factories import PASSWORD, a_customer, an_administrator

pytestmark = pytest.mark.django_db
FORM = {"username": "alice", "email": "alice@example.com", "password1": "a-good-long-password"}


def test_a_new_customer_signs_up_and_is_logged_in(client):
    client.post("/account/signup/", FORM)

    assert client.get("/account/profile/").context["user"].username == "alice"


@pytest.mark.parametrize(
    "wrong",
    [{"username": ""}, {"username": "a b"}, {"username": "x" * 151}, {"email": "x"}, {"password1": "12345678"}, {}],
)
def test_a_sign_up_that_makes_no_sense_is_refused(client, wrong):
    if not wrong:
        a_customer("Alice")

    page = client.post("/account/signup/", FORM | wrong)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert not User.objects.filter(username="alice").exists()


def test_log_in_works_by_username_and_by_email(client):
    a_customer("alice")

    for name in ("alice", "alice@example.com"):
        client.post("/account/login/", {"login": name, "password": PASSWORD})
        assert client.get("/account/profile/").status_code == 200
        client.post("/account/logout/")


def test_a_wrong_password_is_refused(client):
    a_customer("alice")

    page = client.post("/account/login/", {"login": "alice", "password": "wrong"})

    assert page.context["form"].errors
    assert client.get("/account/profile/").status_code == 302


def test_a_banned_customer_stays_outside(client):
    user = a_customer("alice")
    ban_user(user_id=user.pk, by=an_administrator())

    client.post("/account/login/", {"login": "alice", "password": PASSWORD})

    assert client.get("/account/profile/").status_code == 302


def test_a_log_in_does_not_lead_to_another_site(client):
    a_customer("alice")

    answer = client.post("/account/login/?next=https://elsewhere.example/", {"login": "alice", "password": PASSWORD})

    assert answer["Location"] == "/"


def test_a_forgotten_password_is_mended_by_mail(client):
    a_customer("alice")

    client.post("/account/password/reset/", {"email": "alice@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if "/account/password/reset/key/" in word)
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another-good-one", "password2": "another-good-one"})

    assert User.objects.get().check_password("another-good-one")


@pytest.mark.parametrize(
    ("prefix", "sender", "subjects"),
    [
        ("", "光影院", ["请确认您的邮箱地址", "重设密码", "该邮箱尚未注册", "您已有账号"]),
        (
            "/en",
            "Lumen Cinema",
            [
                "Please confirm your e-mail address",
                "Choose a new password",
                "No account has this address",
                "You have an account already",
            ],
        ),
    ],
)
def test_mail_about_an_account_is_the_houses_own(client, settings, prefix, sender, subjects):
    settings.SITE_URL = "https://cinema.example"

    client.post(f"{prefix}/account/signup/", FORM)
    client.post(f"{prefix}/account/logout/")
    client.post(f"{prefix}/account/password/reset/", {"email": "alice@example.com"})
    client.post(f"{prefix}/account/password/reset/", {"email": "nobody@example.com"})
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # then nobody learns from the page that the address is known
    client.post(f"{prefix}/account/signup/", FORM | {"username": "alice2"})

    senders = [parseaddr(str(make_header(decode_header(message.from_email))))[0] for message in mail.outbox]
    told = list(zip([message.subject for message in mail.outbox], senders, strict=True))
    ends = {message.body[-len(f"{sender}\nhttps://cinema.example") :] for message in mail.outbox}
    assert told == [(subject, sender) for subject in subjects]
    assert ends == {f"{sender}\nhttps://cinema.example"}


def test_without_its_mail_server_the_house_takes_sign_ups_and_says_so(client, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1

    page = client.post("/account/signup/", FORM, follow=True)

    assert User.objects.get().username == "alice"
    assert "邮件暂时无法发送，请稍后再试。" in page.content.decode()


@pytest.mark.parametrize(("prefix", "language"), [("", "zh-hans"), ("/en", "en")])
def test_the_house_writes_in_the_language_of_the_sign_up(client, prefix, language):
    client.post(f"{prefix}/account/signup/", FORM)

    assert User.objects.get().language == language


def test_the_language_of_letters_can_be_changed_and_is_left_alone_else(mine, customer):
    mine.post("/account/profile/", {"language": "en"})
    mine.post("/account/profile/", {"nickname": "Lin"})

    customer.refresh_from_db()
    assert (customer.language, customer.nickname) == ("en", "Lin")


def test_the_profile_keeps_what_is_changed(mine, customer):
    mine.post("/account/profile/", {"nickname": "小林", "phone": "13800138000", "avatar_url": ""})

    customer.refresh_from_db()
    assert (customer.nickname, str(customer.phone)) == ("小林", "+8613800138000")


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "123"), ("phone", "x"), ("nickname", "长" * 51), ("avatar_url", "javascript:alert(1)")],
)
def test_the_profile_refuses_nonsense_at_its_field(mine, customer, field, value):
    page = mine.post("/account/profile/", {"nickname": "", "phone": "", "avatar_url": "", field: value})

    customer.refresh_from_db()
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert (customer.nickname, customer.phone, customer.avatar_url) == ("", None, "")


def test_another_persons_phone_is_refused(mine):
    a_customer(phone="+8613800138000")

    page = mine.post("/account/profile/", {"phone": "13800138000"})

    assert page.context["form"].errors["phone"] == ["手机号已存在"]


def test_logging_out_everywhere_ends_the_other_sessions(mine, customer, browser_of):
    elsewhere = browser_of(customer)

    mine.post("/account/everywhere/")

    assert elsewhere.get("/account/profile/").status_code == 302


def test_a_new_password_ends_the_other_sessions_but_not_this_one(mine, customer, browser_of):
    elsewhere = browser_of(customer)
    form = {"oldpassword": PASSWORD, "password1": "another-good-one", "password2": "another-good-one"}

    mine.post("/account/password/change/", form)

    assert elsewhere.get("/account/profile/").status_code == 302
    assert mine.get("/account/profile/").status_code == 200


def test_a_stranger_sees_no_profile(client):
    assert client.get("/account/profile/").status_code == 302
    assert client.post("/account/everywhere/").status_code == 302


def test_an_address_that_was_given_up_opens_no_door_any_more(client):
    client.post("/account/signup/", FORM)
    client.post("/account/logout/")
    give_email(user=User.objects.get(), email="new@example.com", now=timezone.now())
    confirm_email(address=EmailAddress.objects.get(email="new@example.com"), now=timezone.now())
    mail.outbox.clear()

    for address in ("alice@example.com", "new@example.com"):
        client.post("/account/password/reset/", {"email": address})
    client.post("/account/login/", {"login": "alice@example.com", "password": FORM["password1"]})

    assert [letter.to for letter in mail.outbox if "/reset/key/" in letter.body] == [["new@example.com"]]
    assert client.get("/account/profile/").status_code == 302


def test_an_address_somebody_has_proved_to_be_theirs_is_no_one_elses(client):
    owner, other = a_customer("alice"), a_customer("bob")
    EmailAddress.objects.create(user=owner, email="second@example.com", verified=True)

    with pytest.raises(EmailTaken):
        give_email(user=other, email="Second@example.com", now=timezone.now())
    with pytest.raises(EmailTaken):
        sign_up(username="carol", password=FORM["password1"], email="second@example.com")
    assert give_email(user=owner, email="second@example.com", now=timezone.now()).email == "second@example.com"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [{}, {"username": "ALICE", "email": "b@example.com"}])
def test_signing_up_twice_at_once_opens_one_account_and_is_no_fault(second):
    start = threading.Barrier(2)

    def sign_up_as(facts):
        start.wait(30)
        try:
            return Client().post("/account/signup/", FORM | facts).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(sign_up_as, [{}, second]))

    assert User.objects.count() == 1
    assert statuses.count(302) == 1
    assert set(statuses) <= {302, 200, 400}


def test_what_django_and_allauth_say_is_said_in_the_house_s_words(client):
    page = client.post("/account/signup/", {"username": "a" * 151, "email": "a@b.example", "password1": "short"})

    assert "密码太短，至少需要 8 个字符。" in page.text
    assert "最多 150 个字符，现在有 151 个。" in page.text


FORGED = {"host": "testserver:6666", "x-forwarded-host": "testserver:6666"}


def test_no_link_in_a_mail_takes_host_or_port_from_the_request(client, settings):
    settings.SITE_URL, settings.ACCOUNT_EMAIL_VERIFICATION = "https://cinema.example", "mandatory"

    client.post("/en/account/signup/", FORM, headers=FORGED)
    client.post("/account/password/reset/", {"email": "alice@example.com"}, headers=FORGED)
    client.post("/account/password/reset/", {"email": "nobody@example.com"}, headers=FORGED)
    client.post("/account/signup/", FORM | {"username": "alice2"}, headers=FORGED)

    bodies = [message.body for message in mail.outbox]
    links = [re.findall(r"https?://\S+", body) for body in bodies]
    assert len(bodies) == 4
    assert not [body for body in bodies if "testserver" in body or "6666" in body]
    assert [[link for link in found if not link.startswith("https://cinema.example")] for found in links] == [[]] * 4
    assert links[0][0].startswith("https://cinema.example/en/account/confirm-email/")
    assert links[1][0].startswith("https://cinema.example/account/password/reset/key/")
    assert client.get(urlsplit(links[1][0]).path, follow=True).status_code == 200


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_logging_in_and_out_stays_in_the_language(client, prefix):
    a_customer("alice")

    came = client.post(f"{prefix}/account/login/", {"login": "alice", "password": PASSWORD})
    went = client.post(f"{prefix}/account/logout/")

    assert (came["Location"], went["Location"]) == (f"{prefix}/", f"{prefix}/")


def test_the_headers_log_in_leads_back_to_the_page_one_was_on(client):
    a_customer("alice")
    page = client.get("/en/films/?q=dune").content.decode()
    address = "/en/account/login/?next=%2Fen%2Ffilms%2F%3Fq%3Ddune"

    on_its_own = client.get(address).content.decode()
    came = client.post(address, {"login": "alice", "password": PASSWORD})

    assert (address in page, address in on_its_own) == (True, True)
    assert came["Location"] == "/en/films/?q=dune"
    assert (
        "elsewhere.example"
        not in client.get("/account/login/?next=//elsewhere.example/").content.decode().split("</header>")[0]
    )
