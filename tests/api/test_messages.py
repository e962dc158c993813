"""One's own messages over v1: read, marked, and nobody else's."""

import pytest

from accounts.models import Letter
from tests.api.conftest import BEFORE, envelope_of
from tests.factories import a_customer, a_paid_order
from ticketing.money.refunds import refund_order

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/users/me/messages"


@pytest.fixture
def order(house, customer):
    """Two tickets, bought and given back by the house."""
    order = a_paid_order(showtime=house.showtime, seats=["A1", "A2"], customer=customer, now=BEFORE)
    return refund_order(order=order, now=BEFORE, by=None, reason="放映中断")


def records(caller, **query):
    return caller.get(ADDRESS, **query).json()["data"]["records"]


def test_messages_come_newest_first_with_all_they_say(order, customer, as_user, settings):
    settings.SITE_URL = "https://cinema.example"

    answer = as_user(customer).get(ADDRESS).json()

    assert [answer["code"], answer["data"]["total"]] == [200, 2]
    assert [record["kind"] for record in answer["data"]["records"]] == ["refunded", "tickets"]
    assert answer["data"]["records"][0] == {
        "messageId": Letter.objects.get(kind="refunded").pk,
        "kind": "refunded",
        "language": "zh-hans",
        "subject": "退款通知：《沙丘2》，12月1日 19:30",
        "text": "影院已为您办理退票。\n\n影片：沙丘2\n时间：12月1日 星期日 19:30\n影厅：3号厅\n座位：A1, A2"
        "\n\n退款 ¥90 正按原支付方式退回，到账后我们会再通知您。\n\n原因：放映中断",
        "orderId": order.pk,
        "link": f"https://cinema.example/orders/{order.pk}/",
        "createdAt": "2024-12-01 18:00:00",
        "readAt": None,
    }


def test_a_message_is_marked_as_read_once(order, customer, as_user, on_the_day):
    caller, newest = as_user(customer), Letter.objects.newest_first().first()

    first = caller.put(f"{ADDRESS}/{newest.pk}/read").json()["data"]
    on_the_day.shift(60)
    second = caller.put(f"{ADDRESS}/{newest.pk}/read").json()["data"]

    assert [first["readAt"], second["readAt"]] == ["2024-12-01 18:00:00"] * 2
    assert [record["kind"] for record in records(caller, unread="true")] == ["tickets"]


def test_someone_elses_message_is_not_there(order, as_user):
    stranger, letter = as_user(a_customer("user2")), Letter.objects.first()

    answer = stranger.put(f"{ADDRESS}/{letter.pk}/read")

    assert (answer.status_code, envelope_of(answer)) == (404, {"code": 404, "message": "消息不存在。", "data": None})
    assert (records(stranger), Letter.objects.unread().count()) == ([], 2)


def test_the_language_of_messages_is_that_of_the_sign_up_and_can_be_changed(nobody, as_user):
    account = {"username": "user3", "password": "a-good-long-password"}

    told = nobody.call("POST", "/api/v1/auth/register", account, **{"accept-language": "en"}).json()["data"]
    me = nobody.post("/api/v1/auth/login", account).json()["data"]["token"]
    changed = type(nobody)(token=me).put("/api/v1/users/me", {"language": "zh-hans"}).json()["data"]

    assert (told["language"], changed["language"]) == ("en", "zh-hans")
