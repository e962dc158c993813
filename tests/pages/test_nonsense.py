"""Whatever is sent to whichever page, by whomever: a sentence, never a fault."""

import pytest

from tests.factories import a_customer, a_movie, a_paid_order, a_showtime

pytestmark = pytest.mark.django_db

NONSENSE = ["", "-1", "x", "\x00", "9" * 30, "9" * 5000, "' OR 1=1 --<script>", "１", "%s%n"]
NAMES = [
    "seats",
    "best",
    "date",
    "page",
    "q",
    "show",
    "genre",
    "score",
    "content",
    "reason",
    "provider",
    "word",
    "next",
]
NAMES += [
    "theme",
    "login",
    "password",
    "username",
    "email",
    "password1",
    "nickname",
    "phone",
    "avatar_url",
    "type_child",
]


@pytest.fixture
def addresses(customer):
    """Every page and form of the customers' side, those of a customer's own things included."""
    movie, order = a_movie(), a_paid_order(customer=customer)
    showtime = a_showtime(movie=movie)
    own = [f"/orders/{order.pk}/{action}" for action in ("", "pay/", "cancel/", "again/", "calendar.ics")]
    film = [f"/films/{movie.pk}/{action}" for action in ("", "rate/", "comment/")]
    account = ["login/", "signup/", "password/reset/", "password/change/", "email/", "profile/", "reauthenticate/"]
    garbled = ["password/reset/key/x-y/", "password/reset/key/zz-set-password/", "confirm-email/x:y:z/"]
    return [
        *("/", "/en/", "/films/", "/orders/", "/theme/", f"/showtimes/{showtime.pk}/", "/comments/1/report/"),
        *own,
        *film,
        *(f"/account/{page}" for page in account + garbled),
        *("/tickets/x.svg", "/tickets/%00.svg", "/bank/00000000-0000-0000-0000-000000000000/"),
    ]


@pytest.mark.parametrize("words", NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize("logged_in", [True, False], ids=["customer", "stranger"])
def test_nonsense_is_never_a_fault(client, mine, addresses, words, logged_in):
    browser = mine if logged_in else client
    browser.raise_request_exception = False

    answers = {}
    for address in addresses:
        answers["GET", address] = browser.get(address, dict.fromkeys(NAMES, words)).status_code
        answers["POST", address] = browser.post(address, dict.fromkeys(NAMES, words)).status_code

    assert {asked: status for asked, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("page", ["films/{}/", "showtimes/{}/", "orders/{}/", "films/{}/rate/", "comments/{}/report/"])
@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 4000])
def test_a_number_of_nothing_is_not_found(mine, page, number):
    address = "/" + page.format(number)

    assert {mine.get(address, follow=True).status_code, mine.post(address).status_code} <= {404, 405}


def test_an_address_that_only_takes_forms_says_so_with_a_page(mine):
    answer = mine.get("/comments/1/report/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这扇门要从另一边打开" in answer.text


def test_a_customer_without_anything_sees_every_page(client, browser_of):
    newcomer = browser_of(a_customer())

    pages = ["/", "/films/", "/orders/", "/account/profile/", "/account/email/", "/account/2fa/"]

    assert {page: newcomer.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
