"""Log-ins and the security log on the account's pages, resets by mail, "this wasn't me", log-ins that are tried."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone

from accounts.bans import ban_user
from accounts.models import Letter, PageSession, SecurityEvent, Session, User
from accounts.security_log import forget_old_events
from accounts.sessions import SessionNotFound, end_session, log_out_everywhere
from accounts.tokens import issue_tokens
from tests.factories import PASSWORD, a_customer, an_administrator
from tests.working import mail_letters

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a-brand-new-password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def browser(**headers: str) -> Client:
    return Client(headers={"user-agent": FIREFOX, **headers})


def log_in(client: Client, user: User, password: str = PASSWORD, **more: str):
    return client.post("/account/login/", {"login": user.username, "password": password}, **more)


def is_in(client: Client) -> bool:
    return client.get("/account/profile/").status_code == 200


def kinds(user: User) -> list[str]:
    return list(SecurityEvent.objects.about(user).order_by("id").values_list("kind", flat=True))


def mailed_link(word: str, to: str = "") -> str:
    mail_letters(timezone.now())
    texts = [str(message.body) for message in mail.outbox if not to or message.to == [to]]
    return next(link for text in reversed(texts) for link in re.findall(r"https?://[^/\s]+(\S+)", text) if word in link)


# --- Sessions of the pages ---


def test_a_log_in_on_the_pages_is_a_row_and_a_log_out_its_end():
    user, client = a_customer(), browser()

    log_in(client, user)
    session = Session.objects.get()
    client.post("/account/logout/")

    session.refresh_from_db()
    assert (session.kind, session.device, session.factors) == ("page", "Firefox, Linux", "pwd")
    assert session.ended_at is not None
    assert kinds(user) == ["logged_in", "session_ended"]


def test_a_device_is_logged_out_from_another_and_not_by_a_stranger():
    user, here, there, stranger = a_customer(), browser(), browser(), browser()
    for client in (here, there):
        log_in(client, user)
    log_in(stranger, a_customer())
    theirs = there.session.session_id

    stranger.post(f"/account/security/{theirs}/end/")
    before = is_in(there)
    page = here.post(f"/account/security/{theirs}/end/", follow=True)

    assert (before, is_in(there), is_in(here)) == (True, False, True)
    assert page.context["sessions"].count() == 1
    assert not PageSession.objects.filter(session=theirs).exists()


def test_an_ended_session_opens_nothing_even_where_the_cookies_row_is_left():
    user, client = a_customer(), browser()
    log_in(client, user)

    Session.objects.update(ended_at=timezone.now())

    assert not is_in(client)


def test_a_session_of_the_pages_is_over_after_ninety_days_of_daily_use():
    user, client, start = a_customer(), browser(), timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        log_in(client, user)
        for day in range(10, 90, 10):
            clock.move_to(start + timedelta(days=day))
            client.post("/account/profile/", {"nickname": str(day)})  # a message: the cookie's row is written anew
            store = client.session
            store["used"] = day
            store.save()
        clock.move_to(start + timedelta(days=90) - timedelta(minutes=1))
        just_before = is_in(client)
        clock.move_to(start + timedelta(days=90, seconds=1))

        assert (just_before, is_in(client)) == (True, False)


def test_the_use_of_a_page_session_costs_one_statement_every_ten_minutes(queries_of):
    user, client, start = a_customer(), browser(), timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        log_in(client, user)
        usual = queries_of(client, "/account/profile/")
        clock.move_to(start + timedelta(minutes=11))
        client.get("/account/profile/")

        assert queries_of(client, "/account/profile/") == usual
        assert Session.objects.get().last_used_at == start + timedelta(minutes=11)


@pytest.mark.parametrize("end", ["ban", "everywhere", "api"])
def test_bans_and_log_outs_end_the_browsers_sessions(end):
    user, client = a_customer(), browser()
    log_in(client, user)

    if end == "ban":
        ban_user(user_id=user.pk, by=an_administrator())
    elif end == "everywhere":
        client.post("/account/everywhere/")
    else:
        token = issue_tokens(user).access
        client.delete(
            f"/api/v1/users/me/sessions/{client.session.session_id}", headers={"authorization": f"Bearer {token}"}
        )

    assert not is_in(client)


# --- Notices ---


def test_a_new_device_is_told_to_the_owner_and_a_known_one_is_not():
    user = a_customer(language="en")
    for device in (FIREFOX, FIREFOX, PHONE, PHONE):
        log_in(browser(**{"user-agent": device}), user)

    letter = Letter.objects.get(recipient=user)
    assert (letter.subject, letter.kind) == ("New log-in to your account", "security")
    assert "Chrome, Android" in letter.text


def test_a_new_password_is_told_to_the_owner():
    user, client = a_customer(language="en"), browser()
    log_in(client, user)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    client.post("/account/password/change/", form)

    assert [letter.subject for letter in Letter.objects.filter(recipient=user)] == ["Your password was changed"]
    assert kinds(user) == ["logged_in", "password_changed"]


def test_an_app_and_a_passkey_are_told_when_they_come_and_go(mine, customer):
    secret = generate_totp_secret()
    TOTP.activate(customer, secret)
    Authenticator.objects.create(user=customer, type="webauthn", data={"name": "phone"})

    mine.post("/account/2fa/totp/deactivate/")

    assert "factor_removed" in kinds(customer)
    assert Letter.objects.filter(recipient=customer, kind="security").count() == 1


def test_this_was_not_me_ends_everything_and_leads_to_a_new_password():
    user, thief, owner = a_customer(), browser(**{"user-agent": PHONE}), browser()
    log_in(owner, user)
    log_in(thief, user)
    token = issue_tokens(user).access
    link = mailed_link("/not-me/", user.email)

    asked = Client().get(link)
    still_in = is_in(thief)
    form = Client()
    page = form.post(link, follow=True)
    form.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert (asked.status_code, still_in) == (200, True)
    assert (is_in(thief), is_in(owner)) == (False, False)
    assert Client().get("/api/user", headers={"authorization": f"Bearer {token}"}).status_code == 401
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert kinds(user)[-3:] == ["disowned", "reset_asked", "password_reset"]
    assert Client().post(link).status_code == 400  # good once


def test_this_was_not_me_gives_the_account_back_to_the_address_that_was_told():
    user, thief = a_customer(email="owner@example.com"), browser()
    EmailAddress.objects.create(user=user, email="owner@example.com", verified=True, primary=True)
    log_in(thief, user)
    token = {"authorization": f"Bearer {issue_tokens(user).access}"}
    Client().put("/api/user", {"email": "thief@example.com"}, content_type="application/json", headers=token)
    link = mailed_link("/not-me/", "owner@example.com")
    Client().post(mailed_link("/confirm-email/", "thief@example.com"))

    Client().post(link)

    user.refresh_from_db()
    assert (user.email, user.new_email, user.has_usable_password()) == ("owner@example.com", "", False)
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("owner@example.com", True)]
    assert not is_in(thief)


@pytest.mark.parametrize("thief", ["planted@example.com", "vandal@example.com"], ids=["unlike", "masked alike"])
def test_a_planted_address_does_not_get_the_account_back_after_its_owners_reset(thief):
    """Opened by somebody with their own address, the victim's made primary; the victim resets, the thief wasn't it."""
    user = planted(a_customer(email="victim@example.com"))
    EmailAddress.objects.filter(email="planted@example.com").update(email=thief)
    reset(user, "victim@example.com")
    mail.outbox.clear()
    link = mailed_link("/not-me/", thief)

    answer = Client().post(link)

    user.refresh_from_db()
    assert (answer.status_code, user.is_active) == (409, False)
    assert (user.email, user.check_password(NEW_PASSWORD)) == ("victim@example.com", True)
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["victim@example.com"]
    assert kinds(user)[-1] == "contested"
    mail.outbox.clear()
    mail_letters(timezone.now())
    assert {message.to[0] for message in mail.outbox} == {"victim@example.com", thief}
    assert not any("/not-me/" in str(message.body) for message in mail.outbox)


@pytest.mark.parametrize("address", ["planted@example.com", "other@example.com"], ids=["unlike", "masked alike"])
def test_an_owner_whose_thief_has_reset_the_password_by_mail_stops_the_thief(address):
    user = planted(a_customer(email="owner@example.com"))
    EmailAddress.objects.filter(email="planted@example.com").update(email=address)
    reset(user, address)
    thief = browser()
    log_in(thief, user, NEW_PASSWORD)
    mail.outbox.clear()
    link = mailed_link("/not-me/", "owner@example.com")
    was_in = is_in(thief)

    Client().post(link)
    Client().post("/account/password/reset/", {"email": address})

    log_in(thief, user, NEW_PASSWORD)
    assert (was_in, is_in(thief)) == (True, False)
    assert not any("/reset/key/" in str(message.body) for message in mail.outbox)
    assert Client().post(link).status_code == 400


def test_nobody_switches_an_administrator_off_by_a_mailed_link():
    user = planted(an_administrator())
    reset(user, user.email)
    mail.outbox.clear()

    answer = Client().post(mailed_link("/not-me/", "planted@example.com"))

    user.refresh_from_db()
    assert (answer.status_code, user.is_active) == (400, True)


@pytest.mark.parametrize("change", ["forged", "old"])
def test_a_forged_or_old_link_ends_nothing(change):
    user, client = a_customer(), browser()
    log_in(client, user)
    log_in(browser(**{"user-agent": PHONE}), user)
    link = mailed_link("/not-me/", user.email)
    days = 15 if change == "old" else 0

    with time_machine.travel(timezone.now() + timedelta(days=days)):
        answer = Client().post(link if days else link.replace("/not-me/", "/not-me/x"))

    assert answer.status_code == 400
    user.refresh_from_db()
    assert user.has_usable_password()


# --- Resets by mail ---


def reset(user: User, email: str, **more: object):
    """Asks for a link to this address and uses it."""
    Client().post("/account/password/reset/", {"email": email})
    client = Client()
    page = client.get(mailed_link("/password/reset/key/", email), follow=True)
    facts = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, **more}
    return page, client.post(page.request["PATH_INFO"], facts)


def planted(user: User) -> User:
    """Somebody has confirmed an address of theirs, set up an app and a passkey, and is logged in."""
    for email, primary in ((user.email, True), ("planted@example.com", False)):
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=primary)
    TOTP.activate(user, generate_totp_secret())
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "thief"})
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    return user


def test_a_reset_leaves_nothing_that_was_planted_before(browser_of):
    user = planted(a_customer())
    thief, token = browser_of(user), issue_tokens(user).access

    reset(user, user.email)

    assert list(EmailAddress.objects.values_list("email", flat=True)) == [user.email]
    assert not Authenticator.objects.exists()
    assert not is_in(thief)
    assert Client().get("/api/user", headers={"authorization": f"Bearer {token}"}).status_code == 401
    mail.outbox.clear()
    Client().post("/account/password/reset/", {"email": "planted@example.com"})
    log_in(thief, user, PASSWORD)
    assert not is_in(thief)
    assert not any("/reset/key/" in str(message.body) for message in mail.outbox)


def test_the_addresses_that_went_are_told_of_the_reset():
    user = planted(a_customer())

    reset(user, user.email)
    mail_letters(timezone.now())

    assert {message.to[0] for message in mail.outbox} == {user.email, "planted@example.com"}


def test_the_owner_keeps_what_is_theirs():
    user = planted(a_customer())
    app = Authenticator.objects.get(type="totp")

    page, _done = reset(user, user.email, keep=[str(app.pk), "addresses"])

    assert len(page.context["form"].fields["keep"].choices) == 3
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert EmailAddress.objects.count() == 2


def test_nobody_keeps_somebody_elses():
    user, other = planted(a_customer()), a_customer()
    theirs = Authenticator.objects.create(user=other, type="webauthn", data={"name": "other's"})

    _page, answer = reset(user, user.email, keep=[str(theirs.pk)])

    assert answer.status_code == 200  # the form again
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_link_is_for_the_mailbox_it_was_sent_to_and_dies_with_its_address():
    user = planted(a_customer())
    Client().post("/account/password/reset/", {"email": "planted@example.com"})
    link = mailed_link("/password/reset/key/", "planted@example.com")
    reset(user, user.email)

    page = Client().get(link, follow=True)

    assert page.context["token_fail"] is True


# --- The security log ---


def test_failed_log_ins_are_written_down_and_unknown_names_only_as_a_hash():
    user, client = a_customer("alice"), browser()
    for name in ("alice", "alice@example.com", "my secret password"):
        client.post("/account/login/", {"login": name, "password": "wrong"})
    client.post("/api/v1/auth/login", {"username": "nobody", "password": "x" * 9}, content_type="application/json")

    events = SecurityEvent.objects.order_by("id")
    assert [(one.user, one.door, bool(one.name_hash)) for one in events] == [
        (user, "page", False),
        (user, "page", False),
        (None, "page", True),
        (None, "v1", True),
    ]
    assert {one.address for one in events} == {"127.0.0.1"}
    assert all(one.request_id for one in events)
    assert not any("secret" in str(vars(one)) or "nobody" in str(vars(one)) for one in events)


def test_bans_by_api_and_a_managers_change_of_an_address_are_written_down(browser_of):
    admin, user = an_administrator(), a_customer()
    token = {"authorization": f"Bearer {issue_tokens(admin).access}"}
    Client().put(f"/api/v1/admin/users/{user.pk}/ban", headers=token)
    Client().put(f"/api/v1/admin/users/{user.pk}/unban", headers=token)
    body = {"user_id": user.pk, "email": "other@example.com"}
    Client().post("/api/user/update", body, content_type="application/json", headers=token)

    events = SecurityEvent.objects.about(user).order_by("id")
    assert [(one.kind, one.by, one.door) for one in events] == [
        ("banned", admin, "v1"),
        ("unbanned", admin, "v1"),
        ("email_changed", admin, "booking"),
    ]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_log_can_only_grow(change, customer):
    issue_tokens(customer)
    events = SecurityEvent.objects.filter(user=customer)

    with pytest.raises(IntegrityError), transaction.atomic():
        events.update(detail="x") if change == "update" else events._raw_delete(events.db)

    assert kinds(customer) == ["logged_in"]


def test_only_the_job_erases_and_only_what_is_old(customer, settings):
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=401), tick=False):
        issue_tokens(customer)
    with time_machine.travel(now - timedelta(days=100), tick=False):
        log_out_everywhere(user=customer)

    assert forget_old_events(now=now) == 1
    assert kinds(customer) == ["all_sessions_ended"]
    issue_tokens(customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        forget_old_events(now=now + timedelta(days=500))  # whatever a job, or whoever calls it, believes of the date


def test_whoever_changes_what_people_may_do_is_written_down(browser_of, customer):
    admin, role = an_administrator(), Group.objects.get(name="Usher")
    permission = Permission.objects.get(content_type__app_label="ticketing", codename="view_order")
    office = browser_of(admin)
    facts = {"username": customer.username, "email": customer.email, "language": "zh-hans", "is_active": "on"}

    office.post(
        f"/admin/accounts/user/{customer.pk}/change/",
        {**facts, "is_staff": "on", "groups": [role.pk], "user_permissions": [permission.pk]},
    )
    office.post(f"/admin/accounts/user/{customer.pk}/change/", facts | {"is_staff": "on", "groups": [role.pk]})
    office.post(f"/admin/auth/group/{role.pk}/change/", {"name": role.name, "permissions": [permission.pk]})

    events = SecurityEvent.objects.filter(kind__in=["rights_changed", "role_changed"]).order_by("id")
    assert [(one.user, one.by, one.door, one.detail) for one in events[:2]] == [
        (customer, admin, "office", "+role Usher +staff +ticketing.view_order"),
        (customer, admin, "office", "-ticketing.view_order"),
    ]
    assert (events[2].kind, events[2].by) == ("role_changed", admin)
    assert events[2].detail.startswith("Usher: ")


def test_an_administrator_made_by_api_is_written_down():
    admin = an_administrator()
    header = {"authorization": f"Bearer {issue_tokens(admin).access}"}
    body = {"username": "second", "password": PASSWORD}
    Client().post("/api/v1/auth/admin/register", body, content_type="application/json", headers=header)

    made = User.objects.get(username="second")
    assert [(one.kind, one.by, one.door) for one in SecurityEvent.objects.about(made).order_by("id")] == [
        ("signed_up", admin, "v1"),
        ("rights_changed", admin, "v1"),
    ]


def test_a_ban_in_the_back_office_is_written_down(browser_of, customer):
    admin = an_administrator()
    browser_of(admin).post(f"/admin/accounts/user/{customer.pk}/ban/", {"reason": "spam"})

    event = SecurityEvent.objects.get(kind="banned")
    assert (event.user, event.by, event.door, event.detail) == (customer, admin, "office", "spam")


def test_a_password_set_in_the_back_office_says_by_whom_and_is_told_to_its_owner(browser_of, customer):
    admin, thief = an_administrator(), browser_of(customer)
    address = f"/admin/accounts/user/{customer.pk}/password/"
    forms = [
        {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        {"usable_password": "false", "unset-password": "on"},
    ]
    for form in forms:
        browser_of(admin).post(address, form)

    events = SecurityEvent.objects.about(customer).filter(kind="password_changed").order_by("id")
    assert [(one.by, one.door, one.detail) for one in events] == [(admin, "office", ""), (admin, "office", "-")]
    assert Letter.objects.filter(recipient=customer, kind="security").count() == 2
    assert not is_in(thief)


def test_customers_see_their_own_part_and_no_other(mine, customer, stranger):
    issue_tokens(customer)

    own, others = mine.get("/account/security/"), stranger.get("/account/security/")

    assert {event.user_id for event in own.context["events"]} == {customer.pk}
    assert customer.pk not in {event.user_id for event in others.context["events"]}
    assert Client().get("/account/security/").status_code == 302


def test_staff_read_the_log_and_change_nothing(browser_of, customer):
    issue_tokens(customer)
    event = SecurityEvent.objects.get(user=customer)
    office, outsider = browser_of(an_administrator()), browser_of(a_customer())

    assert office.get("/admin/accounts/securityevent/").status_code == 200
    assert office.get(f"/admin/accounts/securityevent/{event.pk}/change/").status_code == 200
    assert office.post(f"/admin/accounts/securityevent/{event.pk}/delete/").status_code == 403
    assert office.get("/admin/accounts/securityevent/add/").status_code == 403
    assert outsider.get("/admin/accounts/securityevent/").status_code == 302


def test_the_pages_cost_the_same_for_one_row_as_for_three(browser_of, queries_of):
    user = a_customer()
    client, office = browser_of(user), browser_of(an_administrator())
    pages = [(client, "/account/security/"), (office, "/admin/accounts/securityevent/")]
    one = [queries_of(*page) for page in pages]

    for _each in range(3):
        issue_tokens(user)
        ban_user(user_id=a_customer().pk, by=user)

    assert [queries_of(*page) for page in pages] == one


# --- Log-ins that are tried ---


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=10)
def test_ten_bad_log_ins_behind_a_schools_address_lock_out_nobody_else(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key", "login": "120/m/ip"}
    clumsy, others = a_customer(), [a_customer() for _each in range(5)]
    for _each in range(11):
        last = log_in(browser(), clumsy, "wrong")

    clients = [browser() for _each in others]
    for client, user in zip(clients, others, strict=True):
        log_in(client, user)

    assert last.status_code == 429
    assert [is_in(client) for client in clients] == [True] * 5


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_an_account_is_locked_for_the_network_that_tries_it_and_open_to_its_owner_elsewhere():
    user, owner = a_customer(), browser()
    for number in range(4):
        name = user.email if number % 2 else user.username  # the same account, whichever of its names is typed
        last = browser().post("/account/login/", {"login": name, "password": "x"}, REMOTE_ADDR=f"2001:db8::{number}")

    log_in(owner, user, REMOTE_ADDR="203.0.113.7")

    assert last.status_code == 429
    assert is_in(owner)


@override_settings(AXES_ENABLED=True)
def test_whoever_tries_many_names_is_stopped_and_who_was_there_before_gets_in():
    regular, victim = a_customer(), a_customer()
    log_in(browser(), regular)
    for number in range(20):
        browser().post("/account/login/", {"login": f"name{number}", "password": "summer2026"})

    answers = {}
    for name, user in (("victim", victim), ("regular", regular)):
        client = browser()
        log_in(client, user)
        answers[name] = is_in(client)
    by_api = Client().post(
        "/api/v1/auth/login", {"username": victim.username, "password": PASSWORD}, content_type="application/json"
    )
    elsewhere = browser()
    log_in(elsewhere, victim, REMOTE_ADDR="203.0.113.7")

    assert answers == {"victim": False, "regular": True}
    assert (by_api.status_code, is_in(elsewhere)) == (429, True)


@override_settings(AXES_ENABLED=True)
def test_what_was_typed_is_kept_nowhere_in_clear():
    browser().post("/account/login/", {"login": "my secret password", "password": "hunter2"})

    attempt = AccessAttempt.objects.get()
    assert "secret" not in str(vars(attempt))
    assert "hunter2" not in str(vars(attempt))


# --- Signing up ---


@pytest.mark.parametrize("known", ["", "confirmed", "signed up", "claimed"])
def test_signing_up_says_the_same_whether_the_address_is_known_or_not(known):
    if known == "confirmed":
        other = a_customer(email="a@example.com")
        EmailAddress.objects.create(user=other, email="a@example.com", verified=True, primary=True)
    elif known:
        other = a_customer(**({"email": "a@example.com"} if known == "signed up" else {"new_email": "a@example.com"}))
    client = browser()

    said = []
    for browsing, name, email in ((browser(), "eve", "free@example.com"), (client, "bob", "a@example.com")):
        form = {"username": name, "email": email, "password1": PASSWORD}
        home = browsing.post("/account/signup/", form, follow=True)
        words = [str(message).replace(email, "…").replace(name, "…") for message in home.context["messages"]]
        said.append((home.redirect_chain, words))

    assert said[0] == said[1]
    assert len(said[0][1]) == 2
    pages = [client.get(path).text for path in ("/account/profile/", "/account/email/")]
    assert ["a@example.com" in page for page in pages] == [True, True]
    bob = User.objects.get(username="bob")
    assert list(bob.emailaddress_set.values_list("email", "verified", "primary")) == [("a@example.com", False, True)]
    subjects = [message.subject for message in mail.outbox if message.to == ["a@example.com"]]
    assert subjects == (["您已有账号"] if known == "confirmed" else ["请确认您的邮箱地址"])


def test_a_stranger_s_session_is_not_there():
    user = a_customer()
    issue_tokens(user)

    with pytest.raises(SessionNotFound):
        end_session(user=a_customer(), session_id=Session.objects.get(user=user).pk)
