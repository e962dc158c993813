"""Addresses of the cinema's side of the API."""

from django.urls import path

from ticketing.api import booking, staff, v1

LIST, EDIT = {"get": "list", "post": "create"}, {"put": "update", "delete": "destroy"}

urlpatterns = [
    path("showtime/seats", booking.BookingShowtimes.as_view({"get": "seats"})),
    path("order/create", booking.BookingOrders.as_view({"post": "create"})),
    path("user/orders", booking.BookingOrders.as_view({"get": "history"})),
    path("admin/showtime/manage", booking.BookingDesk.as_view({"post": "manage"})),
    path("admin/order/process", booking.BookingDesk.as_view({"post": "process"})),
    path("v1/movies/<id:movie_id>/schedules", v1.V1Schedules.as_view({"get": "of_movie"})),
    path("v1/schedules/<id:showtime_id>", v1.V1Schedules.as_view({"get": "retrieve"})),
    path("v1/schedules/<id:showtime_id>/seats", v1.V1Schedules.as_view({"get": "seats"})),
    path("v1/schedules/<id:showtime_id>/best-seats", v1.V1Schedules.as_view({"get": "best"})),
    path("v1/orders", v1.V1Orders.as_view(LIST)),
    path("v1/orders/<id:order_id>", v1.V1Orders.as_view({"get": "retrieve"})),
    path("v1/orders/<id:order_id>/pay", v1.V1Orders.as_view({"post": "pay"})),
    path("v1/orders/<id:order_id>/cancel", v1.V1Orders.as_view({"post": "cancel"})),
    path("v1/orders/<id:order_id>/refund", v1.V1Orders.as_view({"post": "refund"})),
    path("v1/tickets/<slug:code>", v1.V1Tickets.as_view({"get": "retrieve"})),
    path("v1/admin/halls", staff.V1Halls.as_view(LIST)),
    path("v1/admin/halls/<id:hall_id>", staff.V1Halls.as_view(EDIT)),
    path("v1/admin/halls/<id:hall_id>/ban", staff.V1Halls.as_view({"put": "ban"})),
    path("v1/admin/halls/<id:hall_id>/unban", staff.V1Halls.as_view({"put": "unban"})),
    path("v1/admin/halls/<id:hall_id>/seats", staff.V1Halls.as_view({"post": "seats"})),
    path("v1/admin/schedules", staff.V1ScheduleDesk.as_view(LIST)),
    path("v1/admin/schedules/<id:showtime_id>", staff.V1ScheduleDesk.as_view(EDIT)),
    path("v1/admin/orders", staff.V1OrderDesk.as_view({"get": "list"})),
    path("v1/admin/orders/<id:order_id>", staff.V1OrderDesk.as_view({"get": "retrieve"})),
    path("v1/admin/orders/<id:order_id>/status", staff.V1OrderDesk.as_view({"put": "status"})),
    path("v1/admin/tickets/check-in", staff.V1Door.as_view({"post": "check_in"})),
    path("v1/admin/tickets/<slug:code>/undo", staff.V1Door.as_view({"post": "undo"})),
]
