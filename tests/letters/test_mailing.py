"""Letters on their way: sent once, tried again, given up."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.letters import NoAddress, send_again
from accounts.mailing import DELAYS, LEASE, send_letters
from accounts.models import Letter
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


def test_a_letter_reaches_its_recipient_in_their_language(office, a_letter, now):
    lin = a_customer("lin", nickname="林小满", language="zh-hans")
    anna = a_customer("anna", nickname="Anna", language="en")
    a_letter(lin)
    a_letter(anna, subject="Your order", text="Cancelled.")

    sent = send_letters(now=now)

    words = [(mail["To"], mail["Subject"], mail.get_body(["plain"]).get_content()) for mail in office.taken]
    assert sent == 2
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


def test_a_batch_takes_one_line_to_the_mail_server(office, a_letter, now):
    for _number in range(3):
        a_letter()

    assert (send_letters(now=now), office.lines) == (3, 1)


def test_what_was_sent_is_not_sent_again(office, a_letter, now):
    letter = a_letter()
    send_letters(now=now)

    again = send_letters(now=now + timedelta(days=2))

    letter.refresh_from_db()
    assert (again, len(office.taken)) == (0, 1)
    assert (letter.status, letter.sent_at, letter.next_try_at, letter.attempts) == ("sent", now, None, 1)


def test_without_an_address_the_letter_stays_on_the_site(office, a_letter, now):
    letter = a_letter(a_customer(email=""))

    sent = send_letters(now=now)

    assert (sent, office.taken, letter.status) == (0, [], Letter.Status.SITE)


def test_an_address_taken_away_in_between_leaves_it_on_the_site(office, a_letter, now):
    letter = a_letter()
    letter.recipient.email = ""
    letter.recipient.save()

    send_letters(now=now)

    letter.refresh_from_db()
    assert (office.taken, letter.status) == ([], Letter.Status.SITE)


def test_while_the_mail_server_is_away_letters_wait_and_no_attempt_counts(settings, office, a_letter, now):
    letter = a_letter()
    settings.EMAIL_PORT = 1

    away = send_letters(now=now)
    letter.refresh_from_db()
    told = letter.error
    settings.EMAIL_PORT = office.port
    at_once = send_letters(now=now + timedelta(seconds=59))  # it is asked for once a minute
    back = send_letters(now=now + timedelta(days=5))

    letter.refresh_from_db()
    assert (away, letter.attempts, letter.status) == (0, 1, "sent")
    assert told.startswith("ConnectionRefusedError")
    assert (at_once, back, letter.error) == (0, 1, "")


def test_a_refusal_for_now_is_tried_again_ever_later_and_given_up_at_last(office, a_letter, now):
    letter = a_letter()
    office.refusals[letter.recipient.email] = b"451 try later"
    waits, at = [], now

    while letter.status == "waiting":
        send_letters(now=at)
        letter.refresh_from_db()
        if letter.next_try_at:
            waits.append(letter.next_try_at - at)
            assert send_letters(now=letter.next_try_at - timedelta(seconds=1)) == 0
            at = letter.next_try_at

    assert waits == DELAYS
    assert (letter.status, letter.attempts, letter.error) == ("failed", len(DELAYS) + 1, "451 try later")


def test_a_wrong_address_is_given_up_at_once_and_the_next_letter_goes_out(office, a_letter, now):
    wrong, right = a_letter(), a_letter()
    office.refusals[wrong.recipient.email] = b"550 no such mailbox"

    sent = send_letters(now=now)

    wrong.refresh_from_db()
    assert (sent, wrong.status, wrong.error) == (1, "failed", "550 no such mailbox")
    assert [mail["To"] for mail in office.taken] == [right.recipient.email]


def test_an_address_that_would_add_a_header_is_given_up(office, a_letter, now):
    letter = a_letter(a_customer("evil"))
    letter.recipient.email = "evil@example.com\nBcc: all@example.com"
    letter.recipient.save()

    send_letters(now=now)

    letter.refresh_from_db()
    assert (office.taken, letter.status) == ([], "failed")


def test_a_subject_is_one_line_whatever_it_quotes(office, a_letter, now):
    a_letter(subject="影片\r\nBcc: all@example.com")

    send_letters(now=now)

    assert (office.taken[0]["Subject"], office.taken[0]["Bcc"]) == ("影片 Bcc: all@example.com", None)


def test_a_letter_in_another_senders_hands_is_left_alone_until_its_lease_ends(office, a_letter, now):
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(attempts=1, next_try_at=now + LEASE)  # taken, then the process died

    within, after = send_letters(now=now + LEASE - timedelta(seconds=1)), send_letters(now=now + LEASE)

    again = send_again(letter_id=letter.pk, now=now + LEASE)
    send_letters(now=again.next_try_at)
    assert (within, after) == (0, 1)
    assert len({mail["Message-ID"] for mail in office.taken}) == 1  # whoever gets it twice can tell


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_letter_once(office, a_letter, now):
    for _number in range(12):
        a_letter()
    start, sent = threading.Barrier(3), []

    def send() -> None:
        try:
            start.wait(30)
            sent.append(send_letters(now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    letters = [mail["Message-ID"] for mail in office.taken]
    assert (sum(sent), len(letters), len(set(letters))) == (12, 12, 12)


def test_a_failed_letter_can_be_sent_again(office, a_letter, now):
    letter = a_letter()
    office.refusals[letter.recipient.email] = b"550 no such mailbox"
    send_letters(now=now)
    letter.recipient.email = "mended@example.com"
    letter.recipient.save()

    send_again(letter_id=letter.pk, now=now)
    send_letters(now=now)

    assert [mail["To"] for mail in office.taken] == ["mended@example.com"]


def test_nothing_is_sent_again_to_somebody_without_an_address(a_letter, now):
    with pytest.raises(NoAddress):
        send_again(letter_id=a_letter(a_customer(email="")).pk, now=now)
