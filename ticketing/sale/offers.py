"""What a buyer is about to buy, read in one statement: the showtime, the seats named, and who has them.

Every order pays for this read, and most refusals end with it. It is written by hand because building such a statement
takes the ORM several times longer than the database takes to answer it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from catalog.models import Movie
from ticketing.prices.tariffs import Tariff, tariff_of_rules
from ticketing.programme.models import Showtime
from ticketing.venue.models import Hall, Seat
from ticketing.venue.seat_names import names_of_seat

READ = """
SELECT showtime.*,
       (SELECT COUNT(*) FROM ticketing_order
        WHERE customer_id = %s AND status = 'pending' AND expires_at > %s) AS unpaid_orders,
       EXISTS (SELECT 1 FROM ticketing_order
               WHERE {own} AND idempotency_key = %s AND idempotency_key > '') AS repeated,
       movie.title AS movie_title, movie.title_en AS movie_title_en, movie.status AS movie_status,
       hall.name AS hall_name, hall.name_en AS hall_name_en, hall.status AS hall_status,
       hall.hidden AS hall_hidden, hall.orphan_rule AS hall_rule,
       seat.id AS seat_id, seat.row_label AS seat_row, seat.col_number AS seat_number,
       seat.x AS seat_x, seat.y AS seat_y, seat.kind AS seat_kind, claim.id AS claim_id,
       rule.seat_kind AS rule_kind, rule.price_type AS rule_type, rule.amount AS rule_amount
FROM ticketing_showtime AS showtime
JOIN catalog_movie AS movie ON movie.id = showtime.movie_id
JOIN ticketing_hall AS hall ON hall.id = showtime.hall_id
LEFT JOIN ticketing_seat AS seat
  ON seat.hall_id = showtime.hall_id AND seat.removed_at IS NULL AND seat.is_available AND ({named})
LEFT JOIN ticketing_claim AS claim
  ON claim.showtime_id = showtime.id AND claim.seat_id = seat.id AND (claim.status = 'sold' OR claim.held_until > %s)
LEFT JOIN ticketing_pricerule AS rule ON rule.card_id = showtime.price_card_id
WHERE showtime.id = %s
"""
MAX_ID = 2**63 - 1  # that a column can hold
BY_ID = "seat.id = %s"
BY_LABEL = "(UPPER(seat.row_label) = UPPER(%s) AND seat.col_number = %s)"


@dataclass(frozen=True)
class Offer:
    """A showtime with film and hall, those of its seats for sale that the buyer may mean, and what stands in the way.

    ``taken`` are the ids of seats somebody has, ``unpaid_orders`` how many of the buyer's wait for payment, and
    ``repeated`` whether one was made under the same key before.
    """

    showtime: Showtime
    tariff: Tariff
    seats: list[Seat]
    taken: set[int]
    unpaid_orders: int
    repeated: bool


def read_offer(
    *, showtime_id: int, references: Sequence[int | str], customer: User | None, key: str, now: datetime
) -> Offer | None:
    """The offer as it stands; None where there is no such showtime."""
    if abs(showtime_id) > MAX_ID:
        return None
    ids, labels = names_of_seat(references)
    named = " OR ".join([BY_ID] * len(ids) + [BY_LABEL] * len(labels)) or "1 = 0"
    moment = connection.ops.adapt_datetimefield_value(now)
    buyer = None if customer is None else customer.pk
    own, owner = ("customer_id IS NULL", []) if buyer is None else ("customer_id = %s", [buyer])
    values: list[Any] = [buyer, moment, *owner, key, *ids, *(part for label in labels for part in label)]
    rows: list[Any] = list(Showtime.objects.raw(READ.format(own=own, named=named), [*values, moment, showtime_id]))
    if not rows:
        return None
    showtime = _with_place(rows[0])
    return Offer(
        showtime=showtime,
        tariff=tariff_of_rules(showtime.price, {_rule(row) for row in rows if row.rule_amount is not None}),
        # A row for each seat with each rule of the price card: few of both.
        seats=[_seat(row) for row in {row.seat_id: row for row in rows if row.seat_id is not None}.values()],
        taken={row.seat_id for row in rows if row.claim_id is not None},
        unpaid_orders=showtime.unpaid_orders,
        repeated=bool(showtime.repeated),
    )


def _with_place(row: Any) -> Any:
    """The showtime with its film and hall; what an order doesn't need of them is loaded when asked for."""
    film = ["id", "title", "title_en", "status"]
    row.movie = Movie.from_db(
        row._state.db, film, [row.movie_id, row.movie_title, row.movie_title_en, row.movie_status]
    )
    place = ["id", "name", "name_en", "status", "hidden", "orphan_rule"]
    known = [row.hall_id, row.hall_name, row.hall_name_en, row.hall_status, bool(row.hall_hidden), row.hall_rule]
    row.hall = Hall.from_db(row._state.db, place, known)
    return row


def _rule(row: Any) -> tuple[str, str, int]:
    return row.rule_kind, row.rule_type, row.rule_amount


def _seat(row: Any) -> Seat:
    fields = ["id", "hall_id", "row_label", "col_number", "x", "y", "kind", "is_available", "removed_at"]
    known = [row.seat_id, row.hall_id, row.seat_row, row.seat_number, row.seat_x, row.seat_y, row.seat_kind, True, None]
    return Seat.from_db(row._state.db, fields, known)
