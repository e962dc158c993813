"""Who may do what, written down when it is changed: whichever door the change came through."""

from collections.abc import Iterable

from accounts.models import User
from accounts.security_log import Kind, record

FLAGS = {"is_active": "account", "is_staff": "staff", "is_superuser": "administrator"}


def rights_of(user: User) -> set[str]:
    """In words: what of an account says what its owner may do."""
    flags = {word for name, word in FLAGS.items() if getattr(user, name)}
    roles = {f"role {name}" for name in user.groups.values_list("name", flat=True)}
    given = user.user_permissions.values_list("content_type__app_label", "codename")
    return flags | roles | {f"{app}.{code}" for app, code in given}


def note_rights(*, user: User, by: User | None, before: set[str]) -> None:
    """Write down what somebody may do now and could not before, or no more; no row where all is as it was."""
    detail = difference(before, rights_of(user))
    if detail:
        record(Kind.RIGHTS_CHANGED, user=user, by=by, detail=detail)


def note_role(*, role: str, by: User | None, before: Iterable[str], after: Iterable[str]) -> None:
    """Write down how a role has changed, which is everybody's who has it."""
    detail = difference(set(before), set(after))
    if detail:
        record(Kind.ROLE_CHANGED, by=by, detail=f"{role}: {detail}")


def difference(before: set[str], after: set[str]) -> str:
    """``+staff +role Usher -ticketing.sell``."""
    return " ".join(
        [*(f"+{word}" for word in sorted(after - before)), *(f"-{word}" for word in sorted(before - after))]
    )
