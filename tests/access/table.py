"""Who may come in where: a row for every page, by the name it is called by, each for looking and for acting.

Whoever stands in no row is kept out: sent to log in, refused, or told that there is no such thing. A page that is added
without a row, or a row whose page has gone, fails `test_pages.py`.
"""

from tests.access.people import CUSTOMERS, EVERYBODY, PROVEN, STRANGERS, UNPROVEN

Who = frozenset[str]

NOBODY: Who = frozenset()
ANYBODY: Who = frozenset(EVERYBODY)
LOGGED_OUT: Who = frozenset(STRANGERS)
ACCOUNTS: Who = ANYBODY - LOGGED_OUT
OWNER: Who = frozenset({"customer"})
WITH_APP: Who = frozenset(PROVEN)
CHIEF: Who = frozenset({"administrator"})
MANAGERS: Who = CHIEF | {"Manager"}
PLANNERS: Who = MANAGERS | {"Programmer"}
CLERKS: Who = MANAGERS | {"Box office"}
USHERS: Who = MANAGERS | {"Usher"}
MODERATORS: Who = MANAGERS | {"Moderator"}
STAFF: Who = frozenset(PROVEN)
assert not STAFF & {*CUSTOMERS, *UNPROVEN}

# name: (who looks, by GET, and who acts, by POST)
Row = tuple[Who, Who]

SITE: dict[str, Row] = {
    "healthz": (ANYBODY, NOBODY),
    "readyz": (ANYBODY, NOBODY),
    "media": (ANYBODY, NOBODY),
    "robots": (ANYBODY, NOBODY),
    "security_txt": (ANYBODY, NOBODY),
    "sitemap": (ANYBODY, NOBODY),
    "worker": (ANYBODY, NOBODY),
    "theme": (ANYBODY, ANYBODY),
    "notify": (NOBODY, NOBODY),  # a provider's signature opens it
    "site:home": (ANYBODY, NOBODY),
    "site:manifest": (ANYBODY, NOBODY),
    "site:offline": (ANYBODY, NOBODY),
    "site:privacy": (ANYBODY, NOBODY),
    "site:terms": (ANYBODY, NOBODY),
    "site:film": (ANYBODY, NOBODY),
    "site:rate": (ANYBODY, ACCOUNTS),  # by GET it leads back to the film
    "site:comment": (ANYBODY, ACCOUNTS),
    "site:report": (NOBODY, ACCOUNTS),
    "site:edit_comment": (OWNER, OWNER),
    "site:delete_comment": (ANYBODY, OWNER),
    "site:personal_data": (ACCOUNTS, NOBODY),
    "site:export_data": (ANYBODY, ACCOUNTS),
    "site:erase_account": (ANYBODY, ACCOUNTS),
    "catalog:films": (ANYBODY, NOBODY),
    "ticketing:seats": (ANYBODY, ACCOUNTS),
    "ticketing:choice": (ANYBODY, NOBODY),
    "ticketing:orders": (ACCOUNTS, NOBODY),
    "ticketing:order": (OWNER, NOBODY),
    "ticketing:cancel": (ANYBODY, OWNER),
    "ticketing:refund": (ANYBODY, OWNER),
    "ticketing:change_seats": (ANYBODY, OWNER),
    "ticketing:again": (ANYBODY, OWNER),
    "ticketing:pay": (ANYBODY, OWNER),
    "ticketing:gift_card": (ANYBODY, OWNER),
    "ticketing:gift_card_off": (ANYBODY, OWNER),
    "ticketing:calendar": (OWNER, NOBODY),
    "ticketing:qr": (OWNER, NOBODY),
    "ticketing:scan": (NOBODY, NOBODY),  # a signed code in the address opens it
    "ticketing:scan_state": (ANYBODY, NOBODY),
    "ticketing:sandbox": (ANYBODY, ANYBODY),
    "social:new_party": (ACCOUNTS, ACCOUNTS),
    "social:watch": (ANYBODY, NOBODY),
}

ACCOUNT: dict[str, Row] = {
    "accounts:profile": (ACCOUNTS, ACCOUNTS),
    "accounts:everywhere": (ANYBODY, ACCOUNTS),
    "accounts:security": (ACCOUNTS, NOBODY),
    "accounts:end_session": (ANYBODY, ACCOUNTS),
    "accounts:not_me": (ANYBODY, ANYBODY),  # the mailed link opens it
    "accounts:setup": (NOBODY, NOBODY),  # the house has its administrator
    "account_login": (ANYBODY, ANYBODY),
    "account_logout": (ANYBODY, ANYBODY),
    "account_inactive": (ANYBODY, NOBODY),
    "account_signup": (ANYBODY, ANYBODY),
    "account_email": (ACCOUNTS, ACCOUNTS),
    "account_reauthenticate": (ACCOUNTS, ACCOUNTS),
    "account_change_password": (ACCOUNTS, ACCOUNTS),
    "account_set_password": (ACCOUNTS, ACCOUNTS),
    "account_confirm_login_code": (ACCOUNTS, ACCOUNTS),  # back to the site: nobody waits for a code
    "account_email_verification_sent": (ANYBODY, NOBODY),
    "account_confirm_email": (ANYBODY, NOBODY),
    "account_reset_password": (ANYBODY, ANYBODY),
    "account_reset_password_done": (ANYBODY, NOBODY),
    "account_reset_password_from_key": (ANYBODY, ANYBODY),
    "account_reset_password_from_key_done": (ANYBODY, NOBODY),
    "mfa_index": (ACCOUNTS, NOBODY),
    "mfa_authenticate": (ACCOUNTS, ACCOUNTS),
    "mfa_reauthenticate": (ACCOUNTS, ACCOUNTS),
    "mfa_login_webauthn": (ACCOUNTS, ACCOUNTS),  # without a passkey's answer one is led to log in; script fetches it
    "mfa_reauthenticate_webauthn": (ACCOUNTS, ACCOUNTS),
    "mfa_activate_totp": (ACCOUNTS, ACCOUNTS),
    "mfa_deactivate_totp": (STAFF, STAFF),  # of those who are asked here only they have an app
    "mfa_view_recovery_codes": (NOBODY, NOBODY),  # nobody who is asked here has any
    "mfa_download_recovery_codes": (NOBODY, NOBODY),
    "mfa_generate_recovery_codes": (ACCOUNTS, ACCOUNTS),
    "mfa_list_webauthn": (ACCOUNTS, NOBODY),
    "mfa_add_webauthn": (ACCOUNTS, ACCOUNTS),
    "mfa_remove_webauthn": (NOBODY, NOBODY),  # the key is that of somebody who isn't asked here
    "mfa_edit_webauthn": (NOBODY, NOBODY),
}

TOOLS: dict[str, Row] = {
    "admin:index": (STAFF, STAFF),
    "admin:login": (STAFF | set(UNPROVEN), STAFF | set(UNPROVEN)),
    "admin:logout": (LOGGED_OUT | set(CUSTOMERS), ANYBODY - set(UNPROVEN)),
    "admin:password_change": (STAFF, STAFF),  # leads to where everybody changes theirs
    "admin:password_change_done": (STAFF, NOBODY),
    "admin:autocomplete": (NOBODY, NOBODY),  # without saying for which field
    "admin:jsi18n": (STAFF, NOBODY),
    "admin:view_on_site": (STAFF, STAFF),  # and find that no row has a page of its own by this way
    "admin:app_list": (STAFF, STAFF),
    "admin:board": (STAFF - {"Moderator"}, STAFF - {"Moderator"}),
    **{f"admin:board_{act}": (NOBODY, PLANNERS) for act in ("place", "move", "drop", "fill", "copy", "publish")},
    "admin:doors": (USHERS, NOBODY),
    "admin:door": (USHERS, USHERS),
    "admin:door_people": (USHERS, NOBODY),
    "admin:door_undo": (NOBODY, USHERS),
    "admin:counter": (CLERKS, NOBODY),
    "admin:counter_seats": (CLERKS, CLERKS),
    "admin:counter_sale": (CLERKS, CLERKS),
    "admin:gift_cards": (CLERKS, CLERKS),
    "admin:gift_card_state": (NOBODY, MANAGERS),
    "admin:own_shift": (CLERKS, CLERKS),
    "admin:shift": (MANAGERS, MANAGERS),
    "admin:tills": (MANAGERS, NOBODY),
    "admin:days": (MANAGERS, NOBODY),
    "admin:day_close": (NOBODY, MANAGERS),
    "admin:day": (MANAGERS, NOBODY),
    "admin:alerts": (MANAGERS, NOBODY),
    "admin:alert_close": (NOBODY, MANAGERS),
    "admin:approvals": (MANAGERS, NOBODY),
    "admin:approval_decide": (NOBODY, MANAGERS),
    "admin:work": (MANAGERS, NOBODY),
    "admin:work_decide": (NOBODY, MANAGERS),
    "admin:reports": (MANAGERS, NOBODY),
    "admin:report_takings": (MANAGERS, NOBODY),
    "admin:report_occupancy": (MANAGERS, NOBODY),
    "admin:report_refunds": (MANAGERS, NOBODY),
    "admin:report_postings": (MANAGERS, NOBODY),
    "admin:report_posting_lines": (MANAGERS, NOBODY),
    "admin:report_return": (MANAGERS, NOBODY),
    "admin:report_return_file": (NOBODY, MANAGERS),
    "admin:catalog_movie_tmdb": (PLANNERS, PLANNERS),
    "admin:catalog_movie_stream": (PLANNERS, PLANNERS),
    "admin:catalog_movie_stream_state": (PLANNERS, NOBODY),
    "admin:catalog_movie_stream_begin": (NOBODY, PLANNERS),
    "admin:catalog_movie_stream_piece": (NOBODY, PLANNERS),
    "admin:catalog_movie_stream_stop": (NOBODY, PLANNERS),
    "admin:catalog_movie_stream_remove": (NOBODY, PLANNERS),
    "admin:ticketing_hall_grid": (MANAGERS, MANAGERS),
    "admin:ticketing_hall_broken": (MANAGERS, MANAGERS),
    "admin:ticketing_showtime_cancel": (MANAGERS, MANAGERS),
    "admin:ticketing_showtime_move": (MANAGERS, MANAGERS),
    "admin:ticketing_order_confirm": (NOBODY, CLERKS),
    "admin:ticketing_order_cancel": (NOBODY, CLERKS),
    "admin:ticketing_order_refund": (NOBODY, CLERKS),
    "admin:ticketing_order_handout": (NOBODY, CLERKS),
    "admin:accounts_user_ban": (MODERATORS, MODERATORS),
    "admin:accounts_user_unban": (MODERATORS, MODERATORS),
    "admin:auth_user_password_change": (MANAGERS, MANAGERS),
}

# Kinds of rows: who sees the list and a row, adds, changes and deletes one.
Kind = tuple[Who, Who, Who, Who]
KINDS: dict[str, Kind] = {
    "catalog_movie": (STAFF, PLANNERS, PLANNERS, PLANNERS),
    "catalog_person": (PLANNERS, PLANNERS, PLANNERS, PLANNERS),
    "catalog_genre": (PLANNERS, PLANNERS, PLANNERS, PLANNERS),
    "ticketing_showtime": (STAFF - {"Moderator"}, PLANNERS, PLANNERS, PLANNERS),
    "ticketing_pricecard": (PLANNERS, PLANNERS, PLANNERS, PLANNERS),
    "ticketing_hall": (CLERKS | PLANNERS, MANAGERS, MANAGERS, MANAGERS),
    "ticketing_order": (CLERKS, NOBODY, CLERKS, NOBODY),
    "ticketing_ticket": (CLERKS | USHERS, NOBODY, NOBODY, NOBODY),
    "ticketing_payment": (CLERKS, NOBODY, NOBODY, NOBODY),
    "ticketing_refund": (CLERKS, NOBODY, NOBODY, NOBODY),
    "ticketing_giftcard": (MANAGERS, NOBODY, NOBODY, NOBODY),
    "ticketing_journalentry": (MANAGERS, NOBODY, NOBODY, NOBODY),
    "ticketing_verification": (MANAGERS, NOBODY, NOBODY, NOBODY),
    "ticketing_ledgerentry": (MANAGERS, NOBODY, NOBODY, NOBODY),
    "ticketing_till": (MANAGERS, MANAGERS, MANAGERS, NOBODY),
    "ticketing_refundpolicy": (MANAGERS, MANAGERS, NOBODY, NOBODY),
    "accounts_housetext": (MANAGERS, MANAGERS, NOBODY, NOBODY),
    "accounts_letter": (CLERKS, NOBODY, NOBODY, NOBODY),
    "accounts_user": (MODERATORS, MANAGERS, MANAGERS, NOBODY),
    "accounts_securityevent": (MANAGERS, NOBODY, NOBODY, NOBODY),
    "auth_group": (MANAGERS, CHIEF, CHIEF, CHIEF),
    "admin_logentry": (MANAGERS, NOBODY, NOBODY, NOBODY),
    **{
        f"social_{kind}": (MODERATORS, NOBODY, NOBODY, NOBODY)
        for kind in ("comment", "commentreport", "rating", "room", "chatmessage", "restriction", "party")
    },
    "mfa_authenticator": (CHIEF, NOBODY, NOBODY, CHIEF),
    **{f"axes_{kind}": (CHIEF, NOBODY, CHIEF, CHIEF) for kind in ("accessattempt", "accesslog", "accessfailurelog")},
}


def _of_kind(kind: str, rights: Kind) -> dict[str, Row]:
    see, add, change, delete = rights
    app, model = kind.split("_")
    return {
        f"admin:{kind}_changelist": (see, see),
        f"admin:{kind}_add": (add, add),
        f"admin:{kind}_change": (see, change),
        f"admin:{kind}_delete": (delete, delete),
        f"admin:{kind}_history": (see, see),
        f"admin/{app}/{model}/<path:object_id>/": (STAFF, STAFF),  # leads to the row's own page
    }


OLD_STATES = ("catalog_movie", "ticketing_hall", "ticketing_showtime", "ticketing_pricecard")
PAGES: dict[str, Row] = {
    **SITE,
    **ACCOUNT,
    **TOOLS,
    **{name: row for kind, rights in KINDS.items() for name, row in _of_kind(kind, rights).items()},
    **{f"admin:{kind}_simple_history": (KINDS[kind][0], NOBODY) for kind in OLD_STATES},
    "admin/(?P<url>.*)$": (STAFF, STAFF),  # whatever else begins so, and is not there
}
