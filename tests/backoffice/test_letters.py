"""What the house wrote to people, in the back office: read, sent again, and announced before anything is done."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.letters import write_letter
from accounts.models import Letter
from tests.backoffice.staff import browser_of
from tests.factories import a_clerk, a_customer
from tests.working import mail_letters
from ticketing.money.in_house import pay_in_house
from ticketing.sale.holds import hold_seats

LIST = "admin:accounts_letter_changelist"


def may(*codenames):
    """The browser of a clerk with these permissions on letters."""
    clerk = a_clerk()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return browser_of(clerk)


def again(browser, *letters):
    chosen = {"action": "have_sent_again", "_selected_action": [letter.pk for letter in letters]}
    return browser.post(reverse(LIST), chosen, follow=True)


def said(response):
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_letters_are_listed_and_opened(sell, office, prefix):
    sell("A1")
    letter = Letter.objects.get()

    addresses = [prefix + reverse(LIST), prefix + reverse("admin:accounts_letter_change", args=[letter.pk])]

    listed, opened = (office.get(address) for address in addresses)

    assert [listed.status_code, opened.status_code] == [200, 200]
    assert letter.subject in listed.content.decode()
    assert "座位：A1" in opened.content.decode()


def test_a_sent_letter_is_sent_again(sell, office, now, mailoutbox):
    sell("A1")
    mail_letters(now)

    answer = again(office, Letter.objects.get())
    mail_letters(timezone.now())

    assert said(answer) == [("success", "1 封信件将重新发送。")]
    assert [message.to for message in mailoutbox] == [["xm@example.com"]] * 2


def test_without_an_address_nothing_is_sent_again(sell, office, customer, now, mailoutbox):
    customer.email = ""
    customer.save()
    sell("A1")

    answer = again(office, Letter.objects.get())
    mail_letters(now)

    assert said(answer) == [("error", "此人没有邮箱地址，消息可在网站上查看。")]
    assert mailoutbox == []


def test_who_may_only_read_letters_sends_none(sell, now):
    sell("A1")
    mail_letters(now)
    browser = may("view_letter")

    again(browser, Letter.objects.get())

    assert browser.get(reverse(LIST)).status_code == 200
    assert Letter.objects.get().status == "sent"


def test_the_dashboard_tells_of_letters_that_were_given_up(sell, office):
    sell("A1")
    before = office.get("/admin/").context["lost_letters"]
    Letter.objects.update(status="failed")

    page = office.get("/admin/")

    assert (before, page.context["lost_letters"]) == (0, 1)
    assert "近两周有 1 封信件未能送达" in page.content.decode()
    assert office.get("/admin/accounts/letter/?status__exact=failed").context["cl"].result_count == 1


def test_a_clerk_without_the_permission_sees_no_letter(sell):
    letter = sell("A1") and Letter.objects.get()
    browser = may()

    answers = [browser.get(reverse(LIST)), browser.get(reverse("admin:accounts_letter_change", args=[letter.pk]))]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_the_pages_of_order_and_customer_lead_to_the_letters(sell, office, customer):
    order = sell("A1")
    letter = Letter.objects.get()

    order_page = office.get(reverse("admin:ticketing_order_change", args=[order.pk])).content.decode()
    customer_page = office.get(reverse("admin:accounts_user_change", args=[customer.pk])).content.decode()

    assert reverse("admin:accounts_letter_change", args=[letter.pk]) in order_page
    assert f"{reverse(LIST)}?recipient__id__exact={customer.pk}" in customer_page


def test_the_dry_run_of_calling_off_says_who_will_be_told(showtime, sell, office, now):
    def buy(label, **facts):
        order = hold_seats(showtime_id=showtime.pk, seats=[label], now=now, **facts)
        pay_in_house(order=order, provider="cash", now=now, by=None)

    sell("A1")
    sell("A2")  # the same customer twice is one to be told
    buy("A3", customer=a_customer(email=""))
    buy("A4", customer=None, clerk=a_clerk(), channel="counter")

    audience = office.get(reverse("admin:ticketing_showtime_cancel", args=[showtime.pk])).context["audience"]

    assert (audience.by_mail, audience.on_site, audience.unknown) == (1, 1, 1)


def test_the_dry_run_of_a_broken_seat_says_who_will_be_told(hall, sell, office):
    order = sell("C5")
    address = reverse("admin:ticketing_hall_broken", args=[hall.pk]) + "?seat=C5"

    audience = office.get(address).context["audience"]
    moved = office.post(address, {"act": "move", "ticket": order.tickets.get().pk, "to": "A1"}, follow=True)

    assert (audience.by_mail, audience.on_site, audience.unknown) == (1, 0, 0)
    assert said(moved) == [("success", "已换座，并将通过邮件通知顾客。")]
    assert Letter.objects.filter(kind="new_seat").count() == 1


def test_a_clerk_reads_what_is_about_orders_and_nothing_about_accounts_and_the_houses_money(sell):
    sell("A1")
    about_order, customer = Letter.objects.get(), a_customer()
    private = [
        write_letter(
            to=customer, kind=kind, subject=kind, text="x", about=about, about_id=customer.pk, now=timezone.now()
        )
        for kind, about in (("security", "account"), ("house", "house"))
    ]
    clerk, manager = may("view_letter"), may("view_letter", "view_securityevent")

    def opened(browser):
        pages = [reverse("admin:accounts_letter_change", args=[one.pk]) for one in (about_order, *private)]
        return [browser.get(page).status_code for page in pages]

    assert opened(clerk) == [200, 302, 302]
    assert opened(manager) == [200, 200, 200]
