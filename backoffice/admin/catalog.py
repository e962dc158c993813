"""Films, the people who made them, and genres."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.acting import Acting, Historic, attempt
from backoffice.forms.films import MovieForm
from backoffice.views import streams
from catalog.films import remove_movie, save_movie
from catalog.models import Credit, Genre, Movie, Person
from catalog.tmdb import find_films, import_film
from ticketing.models import Showtime


@admin.register(Genre)
class GenreAdmin(Acting):
    """Kinds of film in both languages."""

    list_display = ["name", "name_en", "film_count"]
    search_fields = ["name", "name_en"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each genre with the number of its films."""
        return super().get_queryset(request).annotate(films=Count("movies"))

    @admin.display(description=_("films"), ordering="films")
    def film_count(self, genre: Genre) -> int:
        """How many films it has."""
        return genre.films


@admin.register(Person)
class PersonAdmin(Acting):
    """Actors, directors, writers."""

    list_display = ["picture", "name", "name_en", "film_count"]
    list_display_links = ["picture", "name"]
    search_fields = ["name", "name_en"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each person with the number of their films."""
        return super().get_queryset(request).annotate(films=Count("credits__movie", distinct=True))

    @admin.display(description=_("picture"))
    def picture(self, person: Person) -> str:
        """A small picture."""
        return render_to_string("backoffice/thumbnail.html", {"url": person.avatar_url, "shape": "round"})

    @admin.display(description=_("films"), ordering="films")
    def film_count(self, person: Person) -> int:
        """How many films they had a part in."""
        return person.films


class CreditInline(admin.TabularInline):
    """Cast and makers, by whom they play."""

    model = Credit
    extra = 0
    autocomplete_fields = ["person"]
    fields = ["person", "job", "role_name", "position"]
    ordering = ["position", "id"]


@admin.register(Movie)
class MovieAdmin(Historic):
    """The films the house shows, has shown and will show."""

    form = MovieForm
    list_display = [
        "poster",
        "title",
        "title_en",
        "status",
        "release_date",
        "duration",
        "rating",
        "has_stream",
        "showing_count",
    ]
    list_display_links = ["poster", "title"]
    list_filter = ["status", "genres", "release_date"]
    search_fields = ["title", "title_en", "original_title", "credits__person__name", "credits__person__name_en"]
    search_help_text = _("Title, original title or someone in the cast")
    change_list_template = "backoffice/movie/change_list.html"
    change_form_template = "backoffice/movie/change_form.html"
    filter_horizontal = ["genres"]
    inlines = [CreditInline]
    readonly_fields = ["created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["title", "title_en", "original_title", "status", "release_date", "duration"]}),
        (_("Texts"), {"fields": ["synopsis", "synopsis_en"]}),
        (_("Details"), {"fields": ["genres", "language", "country", "rating", "tmdb_id"]}),
        (
            _("Pictures and streams"),
            {"fields": ["poster_url", "poster_file", "backdrop_url", "backdrop_file", "trailer_url", "stream_url"]},
        ),
        (_("Dates"), {"classes": ["collapse"], "fields": ["created_at", "updated_at"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Movie | None = None) -> list:
        """No places to upload to for those who only look."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and not self.has_change_permission(request, obj):
            for _name, options in fieldsets:
                options["fields"] = [field for field in options["fields"] if not field.endswith("_file")]
        return fieldsets

    def get_urls(self) -> list:
        """Bringing films over and uploading streams have pages of their own."""
        wrap = self.admin_site.admin_view
        own = [
            path("tmdb/", wrap(self.tmdb), name="catalog_movie_tmdb"),
            path("<int:pk>/stream/", wrap(streams.stream_page), name="catalog_movie_stream"),
            path("<int:pk>/stream/state/", wrap(streams.stream_state), name="catalog_movie_stream_state"),
            path("<int:pk>/stream/begin/", wrap(streams.stream_begin), name="catalog_movie_stream_begin"),
            path("<int:pk>/stream/remove/", wrap(streams.stream_remove), name="catalog_movie_stream_remove"),
            path("stream/<uuid:key>/piece/", wrap(streams.stream_piece), name="catalog_movie_stream_piece"),
            path("stream/<uuid:key>/stop/", wrap(streams.stream_stop), name="catalog_movie_stream_stop"),
        ]
        return [*own, *super().get_urls()]

    def tmdb(self, request: HttpRequest) -> HttpResponse:
        """Find films at TMDb by title or number, and take one over."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        number = request.POST.get("tmdb_id", "")
        if request.method == "POST" and number.isascii() and number.isdigit() and len(number) < 10:
            brought: list[Movie] = []
            film = {"tmdb_id": int(number), "now": timezone.now()}
            if attempt(request, lambda: brought.append(import_film(**film)), _("The film is here.")):
                self.log_addition(request, brought[0], str(_("Brought over from TMDb.")))
                return redirect(reverse("admin:catalog_movie_change", args=[brought[0].pk]))
        words, found = request.GET.get("q", "").strip()[:100], []
        if words:
            attempt(request, lambda: found.extend(find_films(words=words)))
        known = dict(Movie.objects.filter(tmdb_id__in=[film.tmdb_id for film in found]).values_list("tmdb_id", "pk"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bring films over from TMDb"),
            "opts": self.opts,
            "words": words,
            "films": [(film, known.get(film.tmdb_id)) for film in found],
            "is_off": not settings.TMDB_API_KEY,
        }
        return render(request, "backoffice/movie/tmdb.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each film with the number of its showtimes to come."""
        coming = Q(showtimes__starts_at__gt=timezone.now()) & ~Q(showtimes__status=Showtime.Status.CANCELLED)
        return super().get_queryset(request).annotate(showings=Count("showtimes", filter=coming, distinct=True))

    @admin.display(description=_("poster"))
    def poster(self, movie: Movie) -> str:
        """A small poster."""
        return render_to_string("backoffice/thumbnail.html", {"url": movie.poster_url, "shape": "poster"})

    @admin.display(description=_("Stream"), ordering="stream_url", boolean=True)
    def has_stream(self, movie: Movie) -> bool:
        """Whether it can be watched together."""
        return bool(movie.stream_url)

    @admin.display(description=_("coming showtimes"), ordering="showings")
    def showing_count(self, movie: Movie) -> int:
        """How many showtimes are still to come."""
        return movie.showings

    def save_model(self, request: HttpRequest, obj: Movie, form: Any, change: bool) -> None:
        """Write it through the domain."""
        save_movie(movie=obj, now=timezone.now(), facts={})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """What history protects is kept and taken down, so nothing stands in the way of asking."""
        return [str(movie) for movie in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Movie) -> None:
        """Erase it, or take it down where there is history."""
        if not remove_movie(movie_id=obj.pk, now=timezone.now()):
            messages.warning(request, _("It has a history, so it was taken down and kept."))
