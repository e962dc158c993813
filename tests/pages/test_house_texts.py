"""The privacy notice and the terms: ours, then the house's own, in both languages, and never HTML of anybody's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.house_texts import default_text, publish_text
from accounts.models import HouseText
from cinema.markup import as_html
from tests.access.people import ROLES, of_role
from tests.backoffice.staff import browser_of, doors_closed
from tests.factories import a_customer, an_administrator, an_order

pytestmark = pytest.mark.django_db
ADD = "admin:accounts_housetext_add"


def written(kind: str = "terms", **texts: str) -> HouseText:
    """A version of a text, published."""
    return publish_text(text=HouseText(kind=kind, **texts), by=an_administrator(), now=timezone.now())


@pytest.mark.parametrize("kind", ["privacy", "terms"])
@pytest.mark.parametrize(("prefix", "language", "name"), [("", "zh", "光影院"), ("/en", "en", "Luma Cinema")])
def test_a_house_that_has_written_none_shows_ours_under_its_name(kind, prefix, language, name, client, settings):
    settings.CINEMA_NAME, settings.CINEMA_NAME_EN = "光影院", "Luma Cinema"

    page = client.get(f"{prefix}/{kind}/").content.decode()

    first = default_text(kind, language).splitlines()[0].replace("{house}", name)
    assert f"<p>{first}</p>" in page
    assert "{house}" not in page


@pytest.mark.parametrize(("prefix", "said"), [("", "第二版"), ("/en", "Second version")])
def test_the_newest_version_of_the_house_is_read_in_both_languages(prefix, said, client):
    written(text="第一版", text_en="First version")
    written(text="第二版", text_en="Second version")
    written("privacy", text="隐私", text_en="Private")

    page = client.get(f"{prefix}/terms/").content.decode()

    assert f"<p>{said}</p>" in page
    assert "First version" not in page


def test_it_costs_one_query(client, django_assert_num_queries):
    written(text="版本", text_en="Version")
    client.get("/terms/")

    with django_assert_num_queries(1):
        client.get("/terms/")


@pytest.mark.parametrize("role", ROLES)
def test_managers_write_them_and_no_other_role(role):
    browser, facts = browser_of(of_role(role)), {"kind": "terms", "text": "新条款", "text_en": "New terms"}

    statuses = [browser.get(reverse(ADD)).status_code, browser.post(reverse(ADD), facts).status_code]

    assert statuses == ([200, 302] if role == "Manager" else [403, 403])
    assert HouseText.objects.count() == (1 if role == "Manager" else 0)


def test_passers_by_customers_and_colleagues_do_not_write_them():
    facts = {"kind": "terms", "text": "x", "text_en": "x"}

    assert doors_closed(reverse(ADD), data=facts) == {"passer-by": 302, "customer": 302, "colleague": 403}
    assert not HouseText.objects.exists()


def test_a_version_names_its_author_and_can_be_neither_changed_nor_deleted():
    manager = of_role("Manager")
    browser = browser_of(manager)
    browser.post(reverse(ADD), {"kind": "terms", "text": "新条款", "text_en": "New terms"})
    version = HouseText.objects.get()

    changed = browser.post(reverse("admin:accounts_housetext_change", args=[version.pk]), {"text": "x"})
    deleted = browser.post(reverse("admin:accounts_housetext_delete", args=[version.pk]), {"post": "yes"})

    assert (version.by, changed.status_code, deleted.status_code) == (manager, 403, 403)


@pytest.mark.parametrize("kind", ["privacy", "terms"])
def test_a_new_version_begins_with_the_words_that_hold_now(kind):
    browser = browser_of(of_role("Manager"))
    ours = browser.get(reverse(ADD), {"kind": kind}).context["adminform"].form.initial
    written(kind, text="我们的", text_en="Ours")

    own = browser.get(reverse(ADD), {"kind": kind}).context["adminform"].form.initial

    assert ours["text_en"].splitlines()[0].startswith(("This notice says", "On these terms"))
    assert own == {"kind": kind, "text": "我们的", "text_en": "Ours"}


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_leads_to_both_and_so_do_sign_up_and_checkout(prefix, client):
    customer = a_customer()
    order = an_order(customer=customer)
    pages = [
        client.get(f"{prefix}/films/"),
        client.get(f"{prefix}/account/signup/"),
        browser_of(customer).get(f"{prefix}/orders/{order.pk}/"),
    ]

    links = [
        [page.content.decode().count(f'href="{prefix}/{kind}/"') for kind in ("privacy", "terms")] for page in pages
    ]

    assert links == [[1, 1], [2, 2], [2, 2]]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>two</p>\n<p>three</p>"),
        ("# A\n## B\n### C", "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>"),
        (
            "Before\n- one\n- **two**\nafter",
            "<p>Before</p>\n<ul><li>one</li><li><strong>two</strong></li></ul>\n<p>after</p>",
        ),
        ("[us](https://a.example/?b=1&c=2)", '<p><a href="https://a.example/?b=1&amp;c=2" rel="nofollow">us</a></p>'),
        ("[mail](mailto:a@b.example) [page](/account/)", None),
        ("", ""),
        ("#hashtag and -5 and 2 ** 3 ** 4", "<p>#hashtag and -5 and 2 ** 3 ** 4</p>"),
    ],
)
def test_a_little_of_markdown_is_understood(text, html):
    made = as_html(text)

    assert made == html if html is not None else made.count("<a ") == 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](//evil.example)",
        '[x](https://a.example/"onmouseover="alert(1))',
        "[x](data:text/html,y)",
        "## <b>x</b>",
        "- <iframe src=/>",
        "**<svg onload=alert(1)>**",
        "[<i>](https://a.example)",
    ],
)
def test_no_html_and_no_address_that_runs_comes_through(text, client):
    written(text=text, text_en=text)

    page = client.get("/en/terms/").content.decode()
    body = page[page.index("<h1>") : page.index("</article>")]

    for wrong in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<b>",
        "<i>",
        'href="javascript',
        'href="//',
        'href="data',
        '"onmouseover',
    ):
        assert wrong not in body
