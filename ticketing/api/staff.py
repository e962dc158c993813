"""admin-api.md: halls, seats, schedules, orders; and the door."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.days import midnight, one_day
from ticketing.api.halls import HallIn, HallOut, HallQuery, NewHall, SeatsIn
from ticketing.api.orders import (
    AdminOrder,
    AdminOrderDetail,
    AdminOrdersQuery,
    CheckIn,
    StatusIn,
    TicketDetail,
    UndoAdmission,
)
from ticketing.api.samples import ADMIN_ORDERS, HALL, HALLS, SCHEDULE, SEATS
from ticketing.api.showtimes import NewSchedule, ScheduleIn, ScheduleOut, ScheduleQuery, facts_of
from ticketing.door.admission import admit_ticket, undo_admission
from ticketing.models import Hall, Order, Showtime, Ticket
from ticketing.money.staff_orders import set_order_status
from ticketing.programme.scheduling import add_showtime
from ticketing.programme.showtimes import planned_showtime
from ticketing.sale.hall_changes import remove_hall, replace_grid, set_hall_status, update_hall
from ticketing.sale.orders import any_order
from ticketing.sale.showtime_changes import delete_showtime, update_showtime
from ticketing.venue.grids import grid_from_labels
from ticketing.venue.halls import add_hall


class V1Halls(V1ViewSet):
    """Halls and their seats."""

    tag = "halls"

    @endpoint(says=_("Fetched."), asks=HallQuery, gives=HallOut, paged=True, needs="ticketing.view_hall", sample=HALLS)
    def list(self, request: Request) -> QuerySet[Hall]:
        """List halls."""
        halls = Hall.objects.visible().with_seat_count()
        return halls.filter(status=self.asked["status"]) if "status" in self.asked else halls

    @endpoint(
        says=_("Added."),
        takes=HallIn,
        gives=NewHall,
        needs="ticketing.add_hall",
        refuses=(409,),
        sample={"hallId": 1},
        sample_body=HALL,
    )
    def create(self, request: Request) -> Hall:
        """Add a hall with a default grid of `totalSeats` seats."""
        return add_hall(**self.given, now=self.now)

    @endpoint(
        says=_("Updated."), takes=HallIn, partly=True, needs="ticketing.change_hall", refuses=(409,), sample_body=HALL
    )
    def update(self, request: Request, hall_id: int) -> None:
        """Update a hall; another `totalSeats` lays its grid out anew."""
        update_hall(hall_id=hall_id, **self.given, now=self.now)

    @endpoint(says=_("Deleted."), needs="ticketing.delete_hall", refuses=(409,))
    def destroy(self, request: Request, hall_id: int) -> None:
        """Delete a hall; one with sales history is retired instead."""
        remove_hall(hall_id=hall_id, now=self.now)

    @endpoint(says=_("Banned."), needs="ticketing.change_hall")
    def ban(self, request: Request, hall_id: int) -> None:
        """Close a hall: no new schedules, no sales; sold tickets stay."""
        set_hall_status(hall_id=hall_id, status=Hall.Status.BANNED, now=self.now)

    @endpoint(says=_("Reopened."), needs="ticketing.change_hall")
    def unban(self, request: Request, hall_id: int) -> None:
        """Open a closed hall."""
        set_hall_status(hall_id=hall_id, status=Hall.Status.OPEN, now=self.now)

    @endpoint(says=_("Set."), takes=SeatsIn, needs="ticketing.change_hall", refuses=(409,), sample_body=SEATS)
    def seats(self, request: Request, hall_id: int) -> None:
        """Replace the seat grid; seats sold for a screening to come can't be taken away."""
        seats = [(seat["rowLabel"], seat["colNumber"], seat["isAvailable"]) for seat in self.given["seats"]]
        replace_grid(hall_id=hall_id, grid=grid_from_labels(seats), now=self.now)


class V1ScheduleDesk(V1ViewSet):
    """Schedules."""

    tag = "schedules"

    @endpoint(says=_("Fetched."), asks=ScheduleQuery, gives=ScheduleOut, paged=True, needs="ticketing.view_showtime")
    def list(self, request: Request) -> QuerySet[Showtime]:
        """List schedules."""
        showtimes = Showtime.objects.standing().with_place()
        if "movieId" in self.asked:
            showtimes = showtimes.filter(movie=self.asked["movieId"])
        if "hallId" in self.asked:
            showtimes = showtimes.filter(hall=self.asked["hallId"])
        if "date" in self.asked:
            showtimes = showtimes.on_day(self.asked["date"])
        return showtimes

    @endpoint(
        says=_("Added."),
        takes=ScheduleIn,
        gives=NewSchedule,
        needs="ticketing.add_showtime",
        refuses=(404, 409),
        sample={"scheduleId": 1},
        sample_body=SCHEDULE,
    )
    def create(self, request: Request) -> Showtime:
        """Plan a schedule."""
        return add_showtime(**facts_of(self.given))

    @endpoint(
        says=_("Updated."),
        takes=ScheduleIn,
        partly=True,
        needs="ticketing.change_showtime",
        refuses=(409,),
        sample_body=SCHEDULE,
    )
    def update(self, request: Request, showtime_id: int) -> None:
        """Change a schedule; with live orders only its price."""
        update_showtime(showtime_id=planned_showtime(showtime_id=showtime_id).pk, now=self.now, **facts_of(self.given))

    @endpoint(says=_("Deleted."), needs="ticketing.delete_showtime", refuses=(409,))
    def destroy(self, request: Request, showtime_id: int) -> None:
        """Delete a schedule nobody has ordered for."""
        delete_showtime(showtime_id=planned_showtime(showtime_id=showtime_id).pk, now=self.now)


class V1OrderDesk(V1ViewSet):
    """Orders, for staff."""

    tag = "orders, for staff"

    @endpoint(
        says=_("Fetched."),
        asks=AdminOrdersQuery,
        gives=AdminOrder,
        paged=True,
        needs="ticketing.view_order",
        sample=ADMIN_ORDERS,
    )
    def list(self, request: Request) -> QuerySet[Order]:
        """List orders, newest first; days are those of creation, both included."""
        orders = Order.objects.with_details().newest_first()
        if "status" in self.asked:
            orders = orders.filter(status=self.asked["status"])
        if "startDate" in self.asked:
            orders = orders.filter(created_at__gte=midnight(self.asked["startDate"]))
        if "endDate" in self.asked:
            orders = orders.filter(created_at__lt=one_day(self.asked["endDate"]).ends_at)
        return orders

    @endpoint(says=_("Fetched."), gives=AdminOrderDetail, needs="ticketing.view_order")
    def retrieve(self, request: Request, order_id: int) -> Order:
        """Show any order."""
        return any_order(order_id=order_id)

    @endpoint(
        says=_("Updated."),
        takes=StatusIn,
        needs="ticketing.change_order",
        refuses=(409,),
        sample_body={"status": "cancelled"},
    )
    def status(self, request: Request, order_id: int) -> None:
        """Take a pending order to paid or cancelled, a paid one to refunded."""
        if self.given["status"] == Order.Status.REFUNDED:
            self.require("ticketing.refund_order")
        order = any_order(order_id=order_id)
        set_order_status(order=order, status=self.given["status"], by=request.user, now=self.now)


class V1Door(V1ViewSet):
    """The door."""

    tag = "tickets, for staff"

    @endpoint(
        says=_("Admitted."), takes=CheckIn, gives=TicketDetail, needs="ticketing.admit_ticket", refuses=(404, 409)
    )
    def check_in(self, request: Request) -> Ticket:
        """Admit one person with a ticket, once: from `ADMISSION_OPENS_MINUTES` (60) before the start until the end."""
        return admit_ticket(
            code=self.given["code"], showtime_id=self.given.get("scheduleId"), by=request.user, now=self.now
        ).ticket

    @endpoint(
        says=_("Taken back."),
        takes=UndoAdmission,
        gives=TicketDetail,
        needs="ticketing.undo_admission",
        refuses=(404, 409),
        sample_body={"reason": "scanned twice by mistake"},
    )
    def undo(self, request: Request, code: str) -> Ticket:
        """Take an admission back, so that the ticket admits again; the ledger keeps who did it and why."""
        return undo_admission(code=code, reason=self.given["reason"], by=request.user, now=self.now)
