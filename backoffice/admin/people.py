"""People, their roles, and who changed what."""

from copy import copy
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.administrators import refuse_to_lose_last_administrator
from accounts.bans import ban_user, unban_user
from accounts.email_addresses import give_email
from accounts.models import SecurityEvent, User
from accounts.rights import note_rights, note_role, rights_of
from accounts.security_log import Kind, record
from accounts.sessions import log_out_everywhere
from backoffice.acting import Acting, ReadOnly, attempt
from backoffice.forms.people import BanForm, PasswordForm
from ticketing.models import Order

admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(Acting, UserAdmin):
    """Customers and staff. Nobody gives away more than they have, nor touches an administrator's account."""

    list_display = ["username", "nickname", "email", "phone", "is_staff", "status", "banned_until", "date_joined"]
    list_filter = ["status", "is_staff", "groups", "is_active"]
    search_fields = ["username", "nickname", "email", "phone"]
    ordering = ["-id"]
    readonly_fields = ["new_email", "language", "status", "banned_until", "ban_reason", "last_login", "date_joined"]
    change_password_form = PasswordForm
    change_form_template = "backoffice/person/change_form.html"
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["nickname", "email", "new_email", "phone", "avatar_url", "language"]}),
        (_("Staff"), {"fields": ["is_active", "is_staff", "groups"]}),
        (_("Administrator"), {"fields": ["is_superuser", "user_permissions"], "classes": ["collapse"]}),
        (_("Ban"), {"fields": ["status", "banned_until", "ban_reason"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list:
        """Only administrators make administrators."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [(name, options) for name, options in fieldsets if "is_superuser" not in options["fields"]]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Roles that allow no more than the person who gives them may do."""
        if db_field.name == "groups" and not request.user.is_superuser:
            beyond = [p.pk for p in all_permissions() if not request.user.has_perm(permission_name(p))]
            kwargs["queryset"] = Group.objects.exclude(permissions__in=beyond)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not the account of somebody who may do more: with their password one would be them."""
        return super().has_change_permission(request, obj) and not (obj is not None and _is_above(obj, request.user))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Write it; whoever is switched off is out at once, and a new address is to be confirmed by its owner.

        Raises LastAdministrator, which the form then says.
        """
        if change and "is_superuser" in form.changed_data and not obj.is_superuser:
            refuse_to_lose_last_administrator(user=obj)
        given = obj.email
        if change and "email" in form.changed_data:
            obj.email = form.initial["email"]
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            give_email(user=obj, email=given, by=request.user, now=timezone.now())
        if change and "is_active" in form.changed_data and not obj.is_active:
            log_out_everywhere(user=obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Remember what they could do, before any of it is written."""
        form.rights_before = rights_of(User.objects.get(pk=form.instance.pk)) if change else set()
        return super().save_form(request, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write roles and permissions, and down who has changed what somebody may do."""
        super().save_related(request, form, formsets, change)
        if not change:
            record(Kind.SIGNED_UP, user=form.instance, by=request.user)
        note_rights(user=form.instance, by=request.user, before=form.rights_before)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django's page, whose form knows who sets the password; a copy of this object, since requests share it."""
        mine = copy(self)
        mine.change_password_form = partial(PasswordForm, by=request.user)
        return UserAdmin.user_change_password(mine, request, id, form_url)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People with orders are history; accounts are closed by switching them off."""
        return False

    def get_urls(self) -> list:
        """Banning has a page of its own."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/ban/", wrap(self.ban), name="accounts_user_ban"),
            path("<int:pk>/unban/", wrap(self.unban), name="accounts_user_unban"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """The person with their latest orders."""
        orders = Order.objects.filter(customer=object_id).with_details().newest_first()[:10]
        own = {"latest_orders": orders if request.user.has_perm("ticketing.view_order") else None}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **own})

    def ban(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep a person out, with a reason, for good or until a time."""
        person = self._person(request, pk)
        form = BanForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            facts = form.cleaned_data
            if attempt(request, lambda: ban_user(user_id=pk, by=request.user, **facts), _("The person is banned.")):
                self.log_change(request, person, str(_("Banned: %(reason)s") % facts))
            return redirect(reverse("admin:accounts_user_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ban %(name)s") % {"name": person},
            "opts": self.opts,
            "person": person,
            "form": form,
        }
        return render(request, "backoffice/person/ban.html", context)

    def unban(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a person in again."""
        person = self._person(request, pk)
        if request.method == "POST" and attempt(
            request, lambda: unban_user(user_id=pk, by=request.user), _("The person may come in again.")
        ):
            self.log_change(request, person, str(_("Unbanned")))
        return redirect(reverse("admin:accounts_user_change", args=[pk]))

    def _person(self, request: HttpRequest, pk: int) -> User:
        if not request.user.has_perm("accounts.ban_user"):
            raise PermissionDenied
        return get_object_or_404(User, pk=pk)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """What each kind of staff may do."""

    list_display = ["title", "member_count"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write the permissions, and down who has changed them."""
        before = set(map(permission_name, all_permissions().filter(group=form.instance)))
        super().save_related(request, form, formsets, change)
        after = map(permission_name, all_permissions().filter(group=form.instance))
        note_role(role=form.instance.name, by=request.user, before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        """Nobody has the role any more."""
        before = ["role", *map(permission_name, all_permissions().filter(group=obj))]
        super().delete_model(request, obj)
        note_role(role=obj.name, by=request.user, before=before, after=[])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """One after the other."""
        for group in queryset:
            self.delete_model(request, group)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each role with the number of its people."""
        return super().get_queryset(request).annotate(members=Count("user"))

    @admin.display(description=_("role"), ordering="name")
    def title(self, group: Group) -> str:
        """The name in the page's language, for the house's own roles."""
        return _(group.name)

    @admin.display(description=_("people"), ordering="members")
    def member_count(self, group: Group) -> int:
        """How many have it."""
        return group.members


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly):
    """Who changed what in the back office, and when."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "change"]
    list_filter = ["action_time", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__username"]

    @admin.display(description=_("change"))
    def change(self, entry: LogEntry) -> str:
        """What was done, in words."""
        return entry.get_change_message()


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnly):
    """What happened to accounts: log-ins, bans, passwords, addresses, through which door and from where."""

    list_display = ["at", "kind", "user", "by", "door", "address", "device", "detail"]
    list_filter = ["kind", "door", "at"]
    list_select_related = ["user", "by"]
    search_fields = ["user__username", "address", "request_id", "name_hash"]


def _is_above(person: User, other: User) -> bool:
    if other.is_superuser or person.pk == other.pk:
        return False
    # Asked of the rows, since an account that is switched off has no permissions of its own accord.
    given = all_permissions().filter(Q(user=person) | Q(group__user=person)).distinct()
    return person.is_superuser or any(not other.has_perm(permission_name(permission)) for permission in given)


def all_permissions() -> QuerySet:
    """Every permission with its app's label loaded along."""
    return Permission.objects.select_related("content_type")


def permission_name(permission: Permission) -> str:
    """The permission as ``has_perm`` wants it."""
    return f"{permission.content_type.app_label}.{permission.codename}"
