"""What each kind of staff may do: the least their work needs. Kept as Django groups, laid by a migration."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.utils.translation import gettext_noop as _

ALL = ("add", "change", "delete", "view")
PROGRAMME_MODELS = ("ticketing.showtime", "ticketing.pricecard", "ticketing.pricerule")
FILM_MODELS = ("catalog.movie", "catalog.person", "catalog.genre", "catalog.credit")
TALK_MODELS = (
    "social.comment",
    "social.commentreport",
    "social.rating",
    "social.room",
    "social.chatmessage",
    "social.restriction",
    "social.party",
)


def _every(models: tuple[str, ...], verbs: tuple[str, ...] = ALL) -> set[str]:
    return {f"{app}.{verb}_{name}" for app, name in (model.split(".") for model in models) for verb in verbs}


PLANNING = _every(PROGRAMME_MODELS + FILM_MODELS) | {"ticketing.view_hall", "catalog.upload_stream"}
SELLING = _every(("ticketing.order", "ticketing.ticket", "ticketing.payment", "ticketing.refund"), ("view",)) | {
    "ticketing.change_order",
    "ticketing.sell_at_counter",
    "ticketing.refund_order",
    "ticketing.view_showtime",
    "ticketing.view_hall",
    "catalog.view_movie",
    "accounts.view_letter",
    "accounts.send_letter",
}
ADMITTING = {
    "ticketing.admit_ticket",
    "ticketing.undo_admission",
    "ticketing.view_ticket",
    "ticketing.view_showtime",
    "catalog.view_movie",
}
MODERATING = _every(TALK_MODELS, ("view",)) | {
    "social.moderate_comment",
    "social.moderate_room",
    "accounts.view_user",
    "accounts.ban_user",
    "catalog.view_movie",
}
MANAGING = (
    _every(("ticketing.hall", "ticketing.seat"))
    | {"ticketing.view_ledgerentry", "ticketing.view_journalentry", "ticketing.view_verification"}
    | {"ticketing.view_reports", "ticketing.refund_beyond_limits"}
    | _every(("ticketing.till",), ("add", "change", "view"))
    | {
        "ticketing.manage_shifts",
        "ticketing.file_return",
        "ticketing.approve_refund",
        "ticketing.close_day",
        "ticketing.receive_alerts",
        "ticketing.issue_gift_card",
        "ticketing.block_gift_card",
        "ticketing.view_giftcard",
    }
    | _every(("ticketing.refundpolicy",), ("add", "view"))
    | {"accounts.add_user", "accounts.change_user", "accounts.view_securityevent"}
    | _every(("accounts.housetext",), ("add", "view"))
    | {"auth.view_group", "admin.view_logentry"}
    | {"cinema.view_job", "cinema.decide_job"}
)

ROLES: dict[str, set[str]] = {
    _("Manager"): MANAGING | PLANNING | SELLING | ADMITTING | MODERATING,
    _("Programmer"): PLANNING,
    _("Box office"): SELLING,
    _("Usher"): ADMITTING,
    _("Moderator"): MODERATING,
}


def lay_roles(apps: Apps) -> None:
    """Make the groups what the table says, creating permissions that Django itself would only create afterwards."""
    for app_label in sorted({name.split(".")[0] for names in ROLES.values() for name in names}):
        config = apps.get_app_config(app_label)
        config.models_module = True  # a migration's stand-in for an app lacks it, and then nothing would be created
        create_permissions(config, apps=apps, verbosity=0)
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.select_related("content_type")
    }
    for role, names in ROLES.items():
        group, _created = group_model.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in names])
