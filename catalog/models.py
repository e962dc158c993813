"""Films, their genres and the people who made them, and the streams staff upload for them."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.streams.refusals import Reason
from cinema.addresses import validate_web_address


def in_active_language(chinese: str, english: str) -> str:
    """The English text on English pages if there is one, else the Chinese."""
    return english if english and (get_language() or "").startswith("en") else chinese


class NamedTwice:
    """Something with a Chinese ``name`` and perhaps an English one, ``name_en``."""

    name: Any
    name_en: Any

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the page's language."""
        return in_active_language(self.name, self.name_en)


class Genre(NamedTwice, models.Model):
    """A kind of film."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    name_en = models.CharField(_("English name"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("genre")
        verbose_name_plural = _("genres")
        ordering = ["id"]


class PersonQuerySet(models.QuerySet):
    """Questions about many people of the films."""

    def named(self, keyword: str) -> "PersonQuerySet":
        """Those whose name contains the keyword; everyone for an empty one."""
        keyword = keyword.strip().replace("\x00", "")
        return self.filter(Q(name__icontains=keyword) | Q(name_en__icontains=keyword)) if keyword else self


class Person(NamedTwice, models.Model):
    """Someone who plays in films or makes them."""

    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    avatar_url = models.CharField(_("picture"), max_length=255, blank=True, validators=[validate_web_address])
    tmdb_id = models.PositiveIntegerField("TMDb", null=True, blank=True, unique=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("film person")
        verbose_name_plural = _("film people")
        ordering = ["id"]


class MovieQuerySet(models.QuerySet):
    """Questions about many films."""

    def on_show(self) -> "MovieQuerySet":
        """Everything the public may see: released and upcoming, not what was taken down."""
        return self.exclude(status=Movie.Status.REMOVED)

    def released(self) -> "MovieQuerySet":
        """What has opened."""
        return self.filter(status=Movie.Status.RELEASED)

    def upcoming(self) -> "MovieQuerySet":
        """What is still to open, soonest first."""
        return self.filter(status=Movie.Status.UPCOMING).order_by(models.F("release_date").asc(nulls_last=True), "id")

    def matching(self, keyword: str) -> "MovieQuerySet":
        """Films whose title, original title, cast or genre contains the keyword; all films for an empty one."""
        keyword = keyword.strip().replace("\x00", "")
        if not keyword:
            return self
        people = Person.objects.named(keyword)
        genres = Genre.objects.filter(Q(name__icontains=keyword) | Q(name_en__icontains=keyword))
        return self.filter(
            Q(title__icontains=keyword)
            | Q(title_en__icontains=keyword)
            | Q(original_title__icontains=keyword)
            | Q(id__in=Credit.objects.filter(person__in=people).values("movie"))
            | Q(id__in=Movie.genres.through.objects.filter(genre__in=genres).values("movie"))
        )

    def with_cast(self) -> "MovieQuerySet":
        """Genres and credits loaded along, in two more queries however many films."""
        return self.prefetch_related(
            "genres", models.Prefetch("credits", queryset=Credit.objects.select_related("person"))
        )


class Movie(models.Model):
    """A film. ``title`` and ``synopsis`` are the Chinese ones the documents speak of; English stands beside them."""

    class Status(models.TextChoices):
        UPCOMING = "upcoming", _("Coming soon")
        RELEASED = "released", _("Now showing")
        REMOVED = "removed", _("Taken down")

    title = models.CharField(_("title"), max_length=150)
    title_en = models.CharField(_("English title"), max_length=150, blank=True)
    original_title = models.CharField(_("original title"), max_length=150, blank=True)
    tmdb_id = models.PositiveIntegerField("TMDb", null=True, blank=True, unique=True)
    duration = models.PositiveSmallIntegerField(
        _("length in minutes"), validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    release_date = models.DateField(_("release date"), null=True, blank=True)
    language = models.CharField(_("spoken language"), max_length=50, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    rating = models.CharField(_("content rating"), max_length=20, blank=True)
    synopsis = models.TextField(_("synopsis"), max_length=5000, blank=True)
    synopsis_en = models.TextField(_("English synopsis"), max_length=5000, blank=True)
    poster_url = models.CharField(_("poster"), max_length=255, blank=True, validators=[validate_web_address])
    backdrop_url = models.CharField(_("backdrop"), max_length=255, blank=True, validators=[validate_web_address])
    trailer_url = models.CharField(_("trailer"), max_length=255, blank=True, validators=[validate_web_address])
    stream_url = models.CharField(_("stream"), max_length=255, blank=True, validators=[validate_web_address])
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UPCOMING)
    genres = models.ManyToManyField(Genre, verbose_name=_("genres"), related_name="movies", blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = MovieQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[genres])

    class Meta:
        verbose_name = _("movie")
        verbose_name_plural = _("movies")
        ordering = ["-release_date", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(duration__gte=1, duration__lte=1000), name="movie_has_a_length"),
            models.CheckConstraint(
                condition=Q(status__in=["upcoming", "released", "removed"]), name="movie_status_is_known"
            ),
        ]
        indexes = [models.Index(fields=["status", "-release_date", "-id"], name="movie_by_status")]

    def __str__(self) -> str:
        return self.local_title

    @property
    def local_title(self) -> str:
        """The title in the page's language."""
        return in_active_language(self.title, self.title_en)

    @property
    def local_synopsis(self) -> str:
        """The synopsis in the page's language."""
        return in_active_language(self.synopsis, self.synopsis_en)

    @property
    def is_on_show(self) -> bool:
        """Whether the public may see it."""
        return self.status != self.Status.REMOVED


class Credit(models.Model):
    """What a person did for a film; ``role_name`` is whom an actor plays."""

    class Job(models.TextChoices):
        ACTOR = "actor", _("Cast")
        DIRECTOR = "director", _("Director")
        WRITER = "writer", _("Writer")

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="credits", verbose_name=_("movie"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="credits", verbose_name=_("person"))
    job = models.CharField(_("job"), max_length=10, choices=Job, default=Job.ACTOR)
    role_name = models.CharField(_("role"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["movie_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "person", "job", "role_name"], name="one_credit_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role_name or self.get_job_display()}"


class StreamUploadQuerySet(models.QuerySet):
    """Questions about many uploads."""

    def being_prepared(self) -> "StreamUploadQuerySet":
        """Those that are here whole and neither ready nor failed."""
        return self.filter(state__in=[StreamUpload.State.WAITING, StreamUpload.State.WORKING])

    def under_way(self) -> "StreamUploadQuerySet":
        """Those neither ready nor failed."""
        return self.filter(state__in=StreamUpload.State.under_way())


class StreamUpload(models.Model):
    """A film's stream on its way from somebody's disk to the watch party."""

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Uploading")
        WAITING = "waiting", _("Waiting")
        WORKING = "working", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

        @classmethod
        def under_way(cls) -> "list[StreamUpload.State]":
            """The states that lead on by themselves."""
            return [cls.RECEIVING, cls.WAITING, cls.WORKING]

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="stream_uploads", verbose_name=_("movie"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    file_name = models.CharField(_("file"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVING)
    progress = models.PositiveSmallIntegerField(_("per cent"), default=0)
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    claim = models.UUIDField(null=True, unique=True, editable=False)  # of the latest attempt, and its folder's name
    created_at = models.DateTimeField(_("uploaded"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = StreamUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded stream")
        verbose_name_plural = _("uploaded streams")
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("upload_stream", _("Can upload a film's stream"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "waiting", "working", "ready", "failed"]),
                name="stream_upload_state_is_known",
            ),
            models.UniqueConstraint(
                fields=["movie"],
                condition=Q(state__in=["receiving", "waiting", "working"]),
                name="one_stream_upload_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        """Whether it leads on by itself."""
        return self.state in self.State.under_way()

    @property
    def why(self) -> str:
        """What is wrong with it, as a sentence in the page's language."""
        return str(Reason(self.reason).label) if self.reason in Reason else ""
