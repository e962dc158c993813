"""The pages of watching together."""

from django.urls import path

from social.views import watch

app_name = "social"
urlpatterns = [
    path("films/<int:pk>/party/", watch.new_party, name="new_party"),
    path("watch/<slug:code>/", watch.watch, name="watch"),
]
