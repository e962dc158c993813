"""Letters on their way: sent once, tried again, given up."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.letters import NoAddress, send_again
from accounts.mailing import DELAYS
from accounts.models import Letter
from cinema.jobs import Job
from cinema.jobs.leases import lease_time, take_next
from tests.factories import a_customer
from tests.working import mail_letters

pytestmark = pytest.mark.django_db


def test_a_letter_reaches_its_recipient_in_their_language(office, a_letter, now):
    lin = a_customer("lin", nickname="林小满", language="zh-hans")
    anna = a_customer("anna", nickname="Anna", language="en")
    a_letter(lin)
    a_letter(anna, subject="Your order", text="Cancelled.")

    mail_letters(now)

    words = [(mail["To"], mail["Subject"], mail.get_body(["plain"]).get_content()) for mail in office.taken]
    assert words == [
        (
            "lin@example.com",
            "您的订单",
            "林小满，您好：\n\n已取消。\n\n您的订单：\nhttps://cinema.example/orders/7/\n\n光影院\n",
        ),
        (
            "anna@example.com",
            "Your order",
            "Dear Anna,\n\nCancelled.\n\nYour order:\nhttps://cinema.example/en/orders/7/\n\nLumen Cinema\n",
        ),
    ]


def test_what_was_sent_is_not_sent_again(office, a_letter, now):
    letter = a_letter()
    mail_letters(now)

    again = mail_letters(now + timedelta(days=2))

    letter.refresh_from_db()
    assert (again, len(office.taken)) == (0, 1)
    assert (letter.status, letter.sent_at) == ("sent", now)


def test_without_an_address_the_letter_stays_on_the_site(office, a_letter, now):
    letter = a_letter(a_customer(email=""))

    sent = mail_letters(now)

    assert (sent, office.taken, letter.status) == (0, [], Letter.Status.SITE)


def test_an_address_taken_away_in_between_leaves_it_on_the_site(office, a_letter, now):
    letter = a_letter()
    letter.recipient.email = ""
    letter.recipient.save()

    mail_letters(now)

    letter.refresh_from_db()
    assert (office.taken, letter.status) == ([], Letter.Status.SITE)


def test_while_the_mail_server_is_away_letters_wait_and_no_attempt_counts(settings, office, a_letter, now):
    letters = [a_letter(), a_letter()]
    settings.EMAIL_PORT = 1

    mail_letters(now)
    told, waiting = Letter.objects.get(pk=letters[0].pk).error, list(Job.objects.values_list("due_at", "attempts"))
    settings.EMAIL_PORT = office.port
    at_once = mail_letters(now + timedelta(seconds=59))  # it is asked for once a minute
    back = mail_letters(now + timedelta(days=5))

    assert told.startswith("ConnectionRefusedError")
    assert waiting == [(now + timedelta(minutes=1), 0)] * 2
    assert (at_once, back) == (0, 2)
    assert list(Letter.objects.values_list("status", "error")) == [("sent", "")] * 2


def test_a_refusal_for_now_is_tried_again_ever_later_and_given_up_at_last(office, a_letter, now):
    letter = a_letter()
    office.refusals[letter.recipient.email] = b"451 try later"
    waits, at = [], now

    while letter.status == "waiting":
        mail_letters(at)
        letter.refresh_from_db()
        if letter.status == "waiting":
            due_at = Job.objects.get().due_at
            waits.append(due_at - at)
            at = due_at

    assert waits == DELAYS
    assert (letter.status, letter.error, Job.objects.get().state) == ("failed", "451 try later", "done")


def test_a_wrong_address_is_given_up_at_once_and_the_next_letter_goes_out(office, a_letter, now):
    wrong, right = a_letter(), a_letter()
    office.refusals[wrong.recipient.email] = b"550 no such mailbox"

    mail_letters(now)

    wrong.refresh_from_db()
    assert (wrong.status, wrong.error) == ("failed", "550 no such mailbox")
    assert [mail["To"] for mail in office.taken] == [right.recipient.email]


def test_an_address_that_would_add_a_header_is_given_up(office, a_letter, now):
    letter = a_letter(a_customer("evil"))
    letter.recipient.email = "evil@example.com\nBcc: all@example.com"
    letter.recipient.save()

    mail_letters(now)

    letter.refresh_from_db()
    assert (office.taken, letter.status) == ([], "failed")


def test_a_subject_is_one_line_whatever_it_quotes(office, a_letter, now):
    a_letter(subject="影片\r\nBcc: all@example.com")

    mail_letters(now)

    assert (office.taken[0]["Subject"], office.taken[0]["Bcc"]) == ("影片 Bcc: all@example.com", None)


def test_a_letter_whose_worker_died_is_mailed_by_the_next(office, a_letter, now):
    letter = a_letter()
    take_next(kinds=["mail_letter"], now=now)  # and then the process died

    within, after = mail_letters(now + lease_time() - timedelta(seconds=1)), mail_letters(now + lease_time())
    send_again(letter_id=letter.pk, now=now + lease_time())
    mail_letters(now + lease_time())

    assert (within, after, len(office.taken)) == (0, 1, 2)
    assert len({mail["Message-ID"] for mail in office.taken}) == 1  # whoever gets it twice can tell


def test_a_letter_that_can_not_be_made_fails_visibly(office, a_letter, now):
    letter = a_letter()
    Letter.objects.update(about="nothing")  # no page is known for it
    at = now

    while Job.objects.get().is_open:
        at = max(at, Job.objects.get().due_at)
        mail_letters(at)

    letter.refresh_from_db()
    assert (letter.status, letter.error) == ("failed", "KeyError: 'nothing'")


@pytest.mark.django_db(transaction=True)
def test_three_workers_at_once_mail_each_letter_once(office, a_letter, now):
    for _number in range(12):
        a_letter()
    start, taken = threading.Barrier(3), []

    def work() -> None:
        try:
            start.wait(30)
            taken.append(mail_letters(now))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    letters = [mail["Message-ID"] for mail in office.taken]
    assert (sum(taken), len(letters), len(set(letters))) == (12, 12, 12)


def test_a_failed_letter_can_be_sent_again(office, a_letter, now):
    letter = a_letter()
    office.refusals[letter.recipient.email] = b"550 no such mailbox"
    mail_letters(now)
    letter.recipient.email = "mended@example.com"
    letter.recipient.save()

    send_again(letter_id=letter.pk, now=now)
    mail_letters(now)

    assert [mail["To"] for mail in office.taken] == ["mended@example.com"]


def test_nothing_is_sent_again_to_somebody_without_an_address(a_letter, now):
    with pytest.raises(NoAddress):
        send_again(letter_id=a_letter(a_customer(email="")).pk, now=now)
