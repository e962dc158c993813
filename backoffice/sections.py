"""How the back office is laid out: what stands in which section of the navigation, and who sees it."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Tool:
    """A page of work that is no list of rows."""

    name: Promise
    url_name: str
    permission: str

    def entry(self) -> dict:
        """The tool as Django's navigation wants a model."""
        return {
            "name": self.name,
            "object_name": self.url_name,
            "admin_url": reverse(f"admin:{self.url_name}"),
            "add_url": None,
            "view_only": True,
        }


TOOLS: dict[str, list[Tool]] = {
    "programme": [
        Tool(pgettext_lazy("navigation", "Schedule"), "board", "ticketing.view_showtime"),
    ],
    "today": [
        Tool(_("Door"), "doors", "ticketing.admit_ticket"),
        Tool(_("Box office"), "counter", "ticketing.sell_at_counter"),
        Tool(_("Gift cards"), "gift_cards", "ticketing.issue_gift_card"),
        Tool(_("Alerts"), "alerts", "ticketing.receive_alerts"),
        Tool(_("Approvals"), "approvals", "ticketing.approve_refund"),
        Tool(_("Tills and days"), "tills", "ticketing.manage_shifts"),
    ],
    "figures": [
        Tool(_("Reports"), "reports", "ticketing.view_reports"),
    ],
    "machinery": [
        Tool(pgettext_lazy("navigation", "Jobs"), "work", "cinema.view_job"),
    ],
}
SECTIONS: list[tuple[str, Promise, list[str]]] = [
    ("today", _("Today"), []),
    ("programme", _("Programme"), ["ticketing.Showtime", "ticketing.Hall", "ticketing.PriceCard"]),
    ("films", _("Films"), ["catalog.Movie", "catalog.Person", "catalog.Genre"]),
    (
        "sales",
        _("Sales"),
        [
            "ticketing.Order",
            "ticketing.Ticket",
            "ticketing.Payment",
            "ticketing.Refund",
            "ticketing.GiftCard",
            "ticketing.JournalEntry",
            "ticketing.Verification",
            "ticketing.LedgerEntry",
            "ticketing.Till",
            "ticketing.RefundPolicy",
            "accounts.Letter",
        ],
    ),
    ("figures", _("Figures"), []),
    (
        "people",
        _("People"),
        ["accounts.User", "auth.Group", "admin.LogEntry", "accounts.SecurityEvent", "accounts.HouseText"],
    ),
    (
        "talk",
        _("Talk"),
        [
            "social.Comment",
            "social.CommentReport",
            "social.Rating",
            "social.Room",
            "social.ChatMessage",
            "social.Restriction",
            "social.Party",
        ],
    ),
]


def navigation(*, user: AbstractBaseUser, models: dict[str, dict]) -> list[dict]:
    """The sections this person has anything to do in; models no section names come last, under Machinery."""
    left = dict(models)
    sections = []
    for key, name, labels in SECTIONS:
        entries = [tool.entry() for tool in TOOLS.get(key, []) if user.has_perm(tool.permission)]
        entries += [left.pop(label) for label in labels if label in left]
        sections.append(_section(key, name, entries))
    entries = [tool.entry() for tool in TOOLS["machinery"] if user.has_perm(tool.permission)]
    sections.append(_section("machinery", _("Machinery"), [*entries, *left.values()]))
    return [section for section in sections if section["models"]]


def tools_of(user: AbstractBaseUser) -> list[dict]:
    """All tools this person may use, for the head of the working pages."""
    return [tool.entry() for tools in TOOLS.values() for tool in tools if user.has_perm(tool.permission)]


def _section(key: str, name: Promise, entries: list[dict]) -> dict:
    return {"name": name, "app_label": key, "app_url": "", "has_module_perms": True, "models": entries}
