"""What calls cost in SQL statements: the same for one row as for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def statements(caller, method, path, body=None, **headers):
    """The statements one call takes, those of authentication and of the transaction included."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = caller.call(method, path, body, **headers)
    assert response.status_code == 200, response.content.decode()
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("dialect", ["booking", "v1", "v1 with a key"])
def test_an_order_takes_at_most_ten_statements_whatever_its_seats(house, customer, as_user, dialect, count):
    labels = [f"A{number}" for number in range(1, count + 1)]
    if dialect == "booking":
        path, body = "/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": labels}
    else:
        path, body = "/api/v1/orders", {"scheduleId": house.showtime.pk, "seats": labels}
    headers = {"idempotency-key": "one"} if dialect.endswith("key") else {}

    taken = statements(as_user(customer), "POST", path, body, **headers)

    assert len(taken) <= 10, "\n".join(taken)
