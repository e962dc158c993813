"""Second factors and passkeys: who has which, and taking one off for who has lost it. Their secrets stay unseen."""

import allauth.account.admin  # registers what is taken back below
import allauth.mfa.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.factors import remove_factor
from backoffice.acting import ReadOnly

admin.site.unregister(Authenticator)
admin.site.unregister(EmailAddress)  # an address is given on the person's page, and confirmed by its owner alone


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly):
    """Not changed by hand, and never shown: with its secret one could log in as somebody else."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
    search_help_text = _("Name or e-mail")
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """Whoever may, takes one off; its owner is told."""
        return bool(request.user.has_perm("mfa.delete_authenticator"))

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Take it off."""
        remove_factor(authenticator=obj, by=request.user)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        """Take them off, one by one."""
        for authenticator in queryset:
            remove_factor(authenticator=authenticator, by=request.user)
