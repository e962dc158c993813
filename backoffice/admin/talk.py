"""What people say: comments under films, talk in rooms, and keeping order there."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.acting import ReadOnly, attempt
from social.chat import delete_message
from social.models import ChatMessage, Comment, CommentReport, Party, Rating, Restriction, Room
from social.moderation import Target, lift, set_slow_mode
from social.reviews import hide_comment, show_comment
from social.speakers import member


class ComplaintFilter(admin.SimpleListFilter):
    """What waits for a moderator."""

    title = _("complaints")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        """Only what was complained of, or all."""
        return [("open", _("To be looked at"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows that match."""
        return queryset.filter(waiting__gt=0) if self.value() == "open" else queryset


class Moderated(ReadOnly):
    """Rows moderators act on without editing them."""

    permission = ""

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whether this person may act on them."""
        return request.user.has_perm(self.permission)


@admin.register(Comment)
class CommentAdmin(Moderated):
    """Comments under films, the complained of first in line."""

    permission = "social.moderate_comment"
    list_display = ["content", "user", "movie", "created_at", "complaints", "is_hidden", "hidden_by"]
    list_filter = [ComplaintFilter, "is_hidden", "created_at"]
    list_select_related = ["user", "movie", "hidden_by"]
    search_fields = ["content", "user__username", "movie__title"]
    ordering = ["-created_at", "-id"]
    actions = ["hide", "show"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each comment with the complaints nobody has looked at."""
        waiting = Count("reports", filter=Q(reports__settled_at=None))
        return super().get_queryset(request).annotate(waiting=waiting)

    @admin.display(description=_("complaints"), ordering="waiting")
    def complaints(self, comment: Comment) -> int:
        """How many wait."""
        return comment.waiting

    @admin.action(description=_("Hide"), permissions=["moderate"])
    def hide(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Take them off the pages."""
        for comment in queryset:
            attempt(request, lambda c=comment: hide_comment(comment=c, by=request.user, now=timezone.now()))
            self.log_change(request, comment, str(_("Hidden")))

    @admin.action(description=_("Show (nothing wrong with it)"), permissions=["moderate"])
    def show(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Put or leave them on the pages and settle the complaints."""
        for comment in queryset:
            attempt(request, lambda c=comment: show_comment(comment=c, by=request.user, now=timezone.now()))
            self.log_change(request, comment, str(_("Shown")))


@admin.register(CommentReport)
class CommentReportAdmin(ReadOnly):
    """Readers' complaints."""

    list_display = ["created_at", "comment", "user", "reason", "settled_at"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["comment", "user"]


@admin.register(Rating)
class RatingAdmin(ReadOnly):
    """Who gave which film how many points."""

    list_display = ["rated_at", "movie", "user", "score"]
    list_filter = ["score", "rated_at"]
    list_select_related = ["movie", "user"]
    search_fields = ["movie__title", "user__username"]


@admin.register(Room)
class RoomAdmin(Moderated):
    """Rooms of talk."""

    permission = "social.moderate_room"
    list_display = ["key", "movie", "kind", "last_seq", "slow_seconds", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["movie"]
    search_fields = ["key", "movie__title"]
    actions = ["slow_down", "full_speed"]

    @admin.action(description=_("Slow mode: one message in 30 seconds"), permissions=["moderate"])
    def slow_down(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Have people wait between messages."""
        self._pace(request, queryset, 30)

    @admin.action(description=_("End slow mode"), permissions=["moderate"])
    def full_speed(self, request: HttpRequest, queryset: QuerySet) -> None:
        """No more waiting."""
        self._pace(request, queryset, 0)

    def _pace(self, request: HttpRequest, rooms: QuerySet, seconds: int) -> None:
        for room in rooms.select_related("party"):
            attempt(request, lambda r=room: set_slow_mode(room=r, seconds=seconds, by=request.user))


@admin.register(ChatMessage)
class ChatMessageAdmin(Moderated):
    """What was said in rooms."""

    permission = "social.moderate_room"
    list_display = ["created_at", "room", "author_name", "content", "deleted_at"]
    list_filter = [("deleted_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["room"]
    search_fields = ["content", "author_name", "=room__key"]
    ordering = ["-id"]
    actions = ["take_back"]

    @admin.action(description=_("Delete for everyone"), permissions=["moderate"])
    def take_back(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Blank them in every open room."""
        for row in queryset.select_related("room__party"):
            speaker = member(user=request.user, room=row.room)
            attempt(
                request,
                lambda r=row, s=speaker: delete_message(room=r.room, speaker=s, message_id=r.pk, now=timezone.now()),
            )


@admin.register(Restriction)
class RestrictionAdmin(Moderated):
    """Who is muted or shut out of which room."""

    permission = "social.moderate_room"
    list_display = ["name", "kind", "room", "until", "reason", "by", "created_at", "lifted_at"]
    list_filter = ["kind", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["room", "by"]
    search_fields = ["name", "=room__key"]
    actions = ["end"]

    @admin.action(description=_("Lift"), permissions=["moderate"])
    def end(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Let them speak or come in again."""
        for row in queryset.select_related("room__party"):
            facts = {"room": row.room, "target": Target(row.author_key, row.name), "kind": row.kind}
            attempt(request, lambda f=facts: lift(by=request.user, now=timezone.now(), **f))


@admin.register(Party)
class PartyAdmin(ReadOnly):
    """Watch parties."""

    list_display = ["code", "room", "host", "control", "wait"]
    list_select_related = ["room", "host"]
    search_fields = ["=code", "host__username"]
