"""The door: one person in for one ticket, and a clear word for every other case."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from backoffice.door import clean_code, next_showtime, scan, showtimes_at_door, tally_of
from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import a_clerk, a_customer, a_hall, a_paid_order, a_showtime
from ticketing.models import JournalEntry, Showtime, Ticket
from ticketing.money.refunds import refund_order

pytestmark = pytest.mark.django_db
CLOSED = {"passer-by": 302, "customer": 302, "colleague": 403}


@pytest.fixture
def usher():
    """The browser of someone who may admit people and nothing else."""
    return staff_who_may("admit_ticket", name="usher")


def tonight() -> Showtime:
    """A showtime whose doors are open: it starts in half an hour."""
    return a_showtime(starts_at=timezone.now() + timedelta(minutes=30))


def the_ticket(**facts) -> Ticket:
    return a_paid_order(**{"showtime": tonight(), **facts}).tickets.first()


def test_a_valid_ticket_lets_one_person_in_and_says_who_and_where(usher):
    ticket = the_ticket(customer=a_customer(nickname="小明"))

    page = usher.post(reverse("admin:door", args=[ticket.showtime_id]), {"code": ticket.code})

    ticket.refresh_from_db()
    assert (page.status_code, ticket.status, ticket.admitted_by.username) == (200, "used", "usher")
    assert page.context["verdict"].outcome == "admitted"
    assert "小明" in page.content.decode()


def test_a_used_ticket_is_refused_with_when_and_by_whom(usher):
    ticket = the_ticket()
    earlier = timezone.now() - timedelta(minutes=12)
    scan(text=ticket.code, showtime=ticket.showtime, by=a_clerk("anna"), now=earlier)

    page = usher.post(reverse("admin:door", args=[ticket.showtime_id]), {"code": ticket.code})

    assert (page.status_code, page.context["verdict"].outcome) == (409, "used")
    told = strip_tags(page.content.decode())
    assert f"{timezone.localtime(earlier):%H:%M:%S}" in told
    assert "anna" in told


def test_a_ticket_for_another_showtime_is_told_which_and_stays_valid(usher):
    ticket, other = the_ticket(), a_showtime(hall=a_hall(name="别处"))

    page = usher.post(reverse("admin:door", args=[other.pk]), {"code": ticket.code})

    ticket.refresh_from_db()
    assert (page.status_code, page.context["verdict"].outcome, ticket.status) == (409, "wrong", "valid")
    assert ticket.showtime.movie.title in page.content.decode()


def test_a_refunded_ticket_is_refused(usher):
    ticket = the_ticket()
    refund_order(order=ticket.order, now=timezone.now(), by=None)

    page = usher.post(reverse("admin:door", args=[ticket.showtime_id]), {"code": ticket.code})

    assert (page.status_code, page.context["verdict"].outcome) == (409, "refunded")


@pytest.mark.parametrize("code", ["ABCDEFGH23456789", "", "\x00", "<script>alert(1)</script>", "9" * 500])
def test_an_unknown_code_is_refused_whatever_it_is(usher, code):
    showtime = a_showtime()

    page = usher.post(reverse("admin:door", args=[showtime.pk]), {"code": code})

    assert (page.status_code, page.context["verdict"].outcome) == (404, "unknown")
    assert "<script>alert" not in page.content.decode()


def test_what_scanners_and_input_methods_do_to_a_code_is_undone():
    assert clean_code(" ａｂcd-2345 efgh\r\n") == "ABCD2345EFGH"


def test_a_script_gets_only_the_part_that_changed(usher):
    ticket = the_ticket()

    part = usher.post(
        reverse("admin:door", args=[ticket.showtime_id]), {"code": ticket.code}, headers={"X-Part": "state"}
    )

    assert part.status_code == 200
    assert part.content.decode().lstrip().startswith('<div class="verdict verdict--admitted"')


def test_the_tally_counts_those_in_and_leaves_out_what_was_given_back():
    order = a_paid_order(showtime=tonight(), seats=["A1", "A2", "A3"])
    first, second, _third = order.tickets.all()
    refund_order(order=order, now=timezone.now(), by=None, ticket_ids=[first.pk])
    scan(text=second.code, showtime=order.showtime, by=a_clerk(), now=timezone.now())

    tally = tally_of(order.showtime)

    assert (tally.sold, tally.admitted, tally.outside) == (2, 1, 1)


def test_the_door_opens_at_the_showtime_that_starts_next(usher, now):
    hall = a_hall()
    a_showtime(hall=hall, starts_at=now + timedelta(hours=5))
    soon = a_showtime(starts_at=now + timedelta(minutes=20))
    a_showtime(starts_at=now + timedelta(minutes=10), status="draft")

    page = usher.get(reverse("admin:doors"))

    assert page.url == reverse("admin:door", args=[soon.pk])


def test_the_showtime_that_has_begun_keeps_its_door_until_the_next_is_near(now):
    begun = a_showtime(starts_at=now - timedelta(minutes=5))
    near = a_showtime(starts_at=now + timedelta(hours=2))

    assert next_showtime(now=now) == begun
    assert next_showtime(now=now + timedelta(minutes=100)) == near
    assert list(showtimes_at_door(now=now)) == [begun, near]


def test_with_nothing_near_the_page_says_so(usher):
    a_showtime(starts_at=timezone.now() + timedelta(days=3))

    assert usher.get(reverse("admin:doors")).status_code == 200


def test_a_draft_or_missing_showtime_has_no_door(usher):
    draft = a_showtime(status="draft")

    found = [usher.get(reverse("admin:door", args=[pk])).status_code for pk in (draft.pk, 999_999)]

    assert found == [404, 404]


def test_the_list_names_everyone_and_finds_them_by_seat_name_and_order(usher):
    showtime = a_showtime()
    ming = a_paid_order(showtime=showtime, seats=["A1"], customer=a_customer(nickname="小明"))
    a_paid_order(showtime=showtime, seats=["B2"], customer=a_customer(nickname="Ann"))
    address = reverse("admin:door_people", args=[showtime.pk])

    found = {
        word: [ticket.line.label for ticket in usher.get(address, {"q": word}).context["page"]]
        for word in ("", "b2", "小", ming.number, "nobody", "\x00")
    }

    assert found == {
        "": ["A1", "B2"],
        "b2": ["B2"],
        "小": ["A1"],
        ming.number: ["A1"],
        "nobody": [],
        "\x00": ["A1", "B2"],
    }


def test_the_list_tells_who_is_in_and_who_is_to_come(usher):
    order = a_paid_order(showtime=tonight(), seats=["A1", "A2"])
    scan(text=order.tickets.first().code, showtime=order.showtime, by=a_clerk(), now=timezone.now())
    address = reverse("admin:door_people", args=[order.showtime_id])

    found = [[t.line.label for t in usher.get(address, {"state": state}).context["page"]] for state in ("in", "out")]

    assert found == [["A1"], ["A2"]]


def test_someone_without_a_phone_is_let_in_from_the_list(usher):
    ticket = the_ticket()

    page = usher.post(reverse("admin:door", args=[ticket.showtime_id]), {"ticket": ticket.pk})

    assert page.context["verdict"].outcome == "admitted"


@pytest.mark.parametrize(("facts", "told"), [({"days": 60}, "开始检票"), ({"called": "off"}, "取消")])
def test_a_ticket_of_months_ahead_or_of_a_showtime_called_off_is_not_admitted_at_its_own_door(usher, facts, told):
    days = facts.get("days", 0)
    showtime = a_showtime(starts_at=timezone.now() + timedelta(days=days, minutes=30))
    ticket = the_ticket(showtime=showtime)
    if facts.get("called"):
        Showtime.objects.update(status="cancelled")

    page = usher.post(reverse("admin:door", args=[ticket.showtime_id]), {"code": ticket.code})

    ticket.refresh_from_db()
    assert (page.status_code, page.context["verdict"].outcome, ticket.status) == (409, "not_now", "valid")
    assert re.search(told, strip_tags(page.content.decode()))


def test_an_admission_is_taken_back_from_the_list_with_a_reason():
    ticket, keeper = the_ticket(), staff_who_may("admit_ticket", "undo_admission", name="keeper")
    scan(text=ticket.code, showtime=ticket.showtime, by=a_clerk(), now=timezone.now())
    address = reverse("admin:door_undo", args=[ticket.showtime_id])

    wordless = keeper.post(address, {"ticket": ticket.pk, "reason": ""}, follow=True)
    ticket.refresh_from_db()
    still = ticket.status
    done = keeper.post(address, {"ticket": ticket.pk, "reason": "扫错了"}, follow=True)
    again = keeper.post(address, {"ticket": ticket.pk, "reason": "扫错了"}, follow=True)

    ticket.refresh_from_db()
    levels = [[message.level_tag for message in page.context["messages"]] for page in (wordless, done, again)]
    assert (still, ticket.status, levels) == ("used", "valid", [["error"], ["success"], ["error"]])
    entry = JournalEntry.objects.get(kind="undone")
    assert (entry.reason, entry.operator.username, entry.facts) == ("扫错了", "keeper", {"ticket": ticket.pk})


def test_an_admission_is_not_taken_back_by_who_may_only_admit(usher):
    ticket = the_ticket()
    scan(text=ticket.code, showtime=ticket.showtime, by=a_clerk(), now=timezone.now())
    address = reverse("admin:door_undo", args=[ticket.showtime_id])

    refused = usher.post(address, {"ticket": ticket.pk, "reason": "x"}).status_code

    ticket.refresh_from_db()
    assert (refused, ticket.status, doors_closed(address, data={"ticket": ticket.pk})) == (403, "used", CLOSED)


def test_the_list_does_not_let_in_to_another_showtime(usher):
    ticket, other = the_ticket(), a_showtime()

    page = usher.post(reverse("admin:door", args=[other.pk]), {"ticket": ticket.pk})

    ticket.refresh_from_db()
    assert (page.context["verdict"].outcome, ticket.status) == ("unknown", "valid")


def test_strangers_do_not_get_to_the_door():
    ticket = the_ticket()
    door = reverse("admin:door", args=[ticket.showtime_id])

    found = [
        doors_closed(reverse("admin:doors")),
        doors_closed(door),
        doors_closed(door, data={"code": ticket.code}),
        doors_closed(reverse("admin:door_people", args=[ticket.showtime_id])),
    ]

    ticket.refresh_from_db()
    assert (found, ticket.status) == ([CLOSED] * 4, "valid")


@pytest.mark.parametrize("page", ["door", "door_people"])
def test_three_people_cost_as_many_queries_as_one(usher, django_assert_num_queries, page):
    showtime = a_showtime()
    address = reverse(f"admin:{page}", args=[showtime.pk])
    usher.get(address)
    counts = []
    for seats in (["A1"], ["B1", "B2"]):
        order = a_paid_order(showtime=showtime, seats=seats)
        scan(text=order.tickets.first().code, showtime=showtime, by=a_clerk(), now=timezone.now())
        a_showtime(starts_at=timezone.now() + timedelta(hours=2))
        with django_assert_num_queries(8) as counted:
            usher.get(address)
        counts.append(len(counted))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_open_in_both_languages(usher, language):
    ticket = the_ticket()

    with translation.override(language):
        pages = [reverse(f"admin:{page}", args=[ticket.showtime_id]) for page in ("door", "door_people")]
        found = [usher.get(address).status_code for address in pages]

    assert found == [200, 200]
