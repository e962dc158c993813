"""Ratings and comments on films."""

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

COMMENT_LENGTH = 2000


class Rating(models.Model):
    """One person's mark for one film, from 1 to 10."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="ratings"
    )
    movie = models.ForeignKey(
        "catalog.Movie", verbose_name=_("movie"), on_delete=models.CASCADE, related_name="ratings"
    )
    score = models.PositiveSmallIntegerField(_("score"), validators=[MinValueValidator(1), MaxValueValidator(10)])
    rated_at = models.DateTimeField(_("rated"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_rating_a_person_a_movie"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=10), name="rating_from_1_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.score}/10"


class CommentQuerySet(models.QuerySet):
    """Questions about many comments."""

    def visible(self) -> "CommentQuerySet":
        """What the public sees, oldest first."""
        return self.filter(is_hidden=False).order_by("created_at", "id")

    def reported(self) -> "CommentQuerySet":
        """What readers have complained of and no moderator has looked at yet, most complaints first."""
        waiting = models.Count("reports", filter=Q(reports__settled_at=None))
        return self.annotate(complaints=waiting).filter(complaints__gt=0).order_by("-complaints", "created_at")


class Comment(models.Model):
    """What someone wrote about a film: plain text, escaped wherever it is shown."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="comments"
    )
    movie = models.ForeignKey(
        "catalog.Movie", verbose_name=_("movie"), on_delete=models.CASCADE, related_name="comments"
    )
    content = models.TextField(_("text"), max_length=COMMENT_LENGTH, validators=[MaxLengthValidator(COMMENT_LENGTH)])
    has_spoilers = models.BooleanField(_("gives the story away"), default=False)
    created_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    is_hidden = models.BooleanField(_("hidden"), default=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("hidden by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["movie", "created_at"], name="comments_of_a_movie")]
        permissions = [("moderate_comment", "Can hide and show comments")]

    def __str__(self) -> str:
        return self.content[:60]


class CommentReport(models.Model):
    """A reader's complaint about a comment; one a person."""

    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="reports")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("reported"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="one_report_a_person_a_comment")]

    def __str__(self) -> str:
        return self.reason or str(self.comment)
