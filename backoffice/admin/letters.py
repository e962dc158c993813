"""What the house wrote to people, and whether it got there."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.letters import send_again
from accounts.models import Letter
from backoffice.acting import ReadOnly, attempt
from cinema.clock import local
from cinema.jobs import Job


@admin.register(Letter)
class LetterAdmin(ReadOnly):
    """Written by the house's doings; here to be read, and to be sent once more."""

    list_display = ["created_at", "recipient", "kind", "subject", "status", "sent_at", "error"]
    list_display_links = ["created_at", "subject"]
    list_filter = ["status", "kind", "language", ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["recipient"]
    search_fields = ["recipient__username", "recipient__nickname", "recipient__email", "subject", "=about_id"]
    search_help_text = _("Name, e-mail, subject or number of the order")
    ordering = ["-created_at", "-id"]
    actions = ["have_sent_again"]
    fields = [
        "recipient",
        "address",
        "order",
        "language",
        "kind",
        "subject",
        "text",
        "status",
        "created_at",
        "sent_at",
        "next_try",
        "error",
        "read_at",
    ]
    readonly_fields = ["address", "order", "next_try"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        """Letters about orders; those about accounts and the house's money for whoever may read the security log."""
        letters = super().get_queryset(request)
        may_read_all = request.user.has_perm("accounts.view_securityevent")
        return letters if may_read_all else letters.filter(about=Letter.About.ORDER)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may have letters sent again."""
        return request.user.has_perm("accounts.send_letter")

    @admin.display(description=_("E-mail"))
    def address(self, letter: Letter) -> str:
        """Where it goes."""
        return letter.recipient.email or "–"

    @admin.display(description=_("Order"))
    def order(self, letter: Letter) -> str:
        """The way to the order it is about."""
        address = reverse("admin:ticketing_order_change", args=[letter.about_id])
        return format_html('<a href="{}">{}</a>', address, letter.about_id)

    @admin.display(description=_("next try"))
    def next_try(self, letter: Letter) -> str:
        """When it is tried again, and how often it was."""
        job = Job.objects.of("mail_letter", str(letter.pk)).open().first()
        if job is None:
            return "–"
        tried = ngettext("tried %(n)d time", "tried %(n)d times", job.attempts) % {"n": job.attempts}
        return f"{date_format(local(job.due_at), 'DATETIME_FORMAT')} ({tried})"

    @admin.action(description=_("Send again"), permissions=["send"])
    def have_sent_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Once more to the addresses people have now; a waiting one at once."""
        now, done = timezone.now(), 0
        for pk in list(queryset.values_list("pk", flat=True)):
            done += attempt(request, lambda pk=pk: send_again(letter_id=pk, now=now))
        if done:
            told = ngettext("%(n)d letter is on its way again.", "%(n)d letters are on their way again.", done)
            messages.success(request, told % {"n": done})
