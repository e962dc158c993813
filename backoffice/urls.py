"""The pages of work that are no lists of rows; the site takes them in under ``admin:``."""

from django.urls import path

from backoffice.views import counter, door

work = [
    path("door/", door.doors, name="doors"),
    path("door/<int:pk>/", door.door, name="door"),
    path("door/<int:pk>/people/", door.people, name="door_people"),
    path("counter/", counter.counter, name="counter"),
    path("counter/<int:pk>/", counter.seats, name="counter_seats"),
    path("counter/sales/<int:pk>/", counter.sale, name="counter_sale"),
]
