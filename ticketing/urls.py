"""The pages of seats, orders, payment and tickets."""

from django.urls import path

from ticketing.views import choice, gift_cards, orders, payment, scanning, seats, tickets

app_name = "ticketing"
urlpatterns = [
    path("showtimes/<int:pk>/", seats.seats, name="seats"),
    path("showtimes/<int:pk>/choice/", choice.choice, name="choice"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/cancel/", orders.cancel, name="cancel"),
    path("orders/<int:pk>/refund/", orders.refund, name="refund"),
    path("orders/<int:pk>/change/", orders.change_seats, name="change_seats"),
    path("orders/<int:pk>/again/", orders.again, name="again"),
    path("orders/<int:pk>/pay/", payment.pay, name="pay"),
    path("orders/<int:pk>/gift-card/", gift_cards.redeem, name="gift_card"),
    path("orders/<int:pk>/gift-card/off/", gift_cards.take_off, name="gift_card_off"),
    path("orders/<int:pk>/calendar.ics", tickets.calendar, name="calendar"),
    path("tickets/<str:code>.svg", tickets.qr, name="qr"),
    path("scan/<uuid:reference>/", scanning.scan, name="scan"),
    path("scan/<uuid:reference>/state/", scanning.scan_state, name="scan_state"),
    path("bank/<uuid:reference>/", payment.sandbox, name="sandbox"),
]
