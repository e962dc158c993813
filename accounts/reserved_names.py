"""Names that would pass for the house's own people, however they are written: customers can't have them."""

import re
import unicodedata

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import InvalidInput

# Letters that look like Latin ones, after NFKC and case folding. Only what a name can deceive with in small print.
LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авеёкмнорстухіїјѕԁԛԝһѵпгӏь", "abeekmhopctyxiijsdqwhvnrlb", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True)),
        **dict(zip("αβεηικμνορτυχω", "abenikuvoptuxw", strict=True)),
        **dict(zip("ıɩɡɑօսոհ", "iigaounh", strict=True)),
    }
)
NUMERALS = str.maketrans("013457l", "oieasti")  # both sides are read so: "adm1n", "He1pdesk"
WORDS = {
    *("admin", "administrator", "root", "staff", "support", "helpdesk", "moderator", "manager", "system", "security"),
    *("official", "boxoffice", "customerservice", "cinema", "cashier", "usher", "sysadmin", "webmaster", "superuser"),
}
PARTS = (
    *("管理员", "管理員", "影院经理", "影院經理", "值班经理", "值班經理", "店长", "店長", "客服", "官方", "版主"),
    *("工作人员", "工作人員", "售票处", "检票员", "檢票員", "系统消息", "系統消息"),
)


def refuse_staff_name(name: str, *, field: str, user: User | None = None) -> None:
    """Raises InvalidInput for a customer's name that would pass for staff; staff may be called what they are."""
    if name and not (user is not None and user.is_staff) and passes_for_staff(name):
        raise InvalidInput(_("This name could be taken for the cinema's staff. Please choose another."), field=field)


def passes_for_staff(name: str) -> bool:
    """Whether a reader could take the name for the house's, or for that of somebody who works there."""
    shape = skeleton(name)
    if any(part in shape for part in PARTS) or shape in house_names():
        return True
    words = {skeleton(word) for word in re.split(r"[\s._+\-@/\\|·•]+", name)} | {shape}
    words |= {word.strip("0123456789") for word in words}
    alike = {word.translate(NUMERALS) for word in words}
    if (words & WORDS) or (alike & {word.translate(NUMERALS) for word in WORDS}):
        return True
    return shape != "" and shape in _staff_names()


def skeleton(name: str) -> str:
    """What of a name meets the eye: letters and digits alone, small, each look-alike as the Latin letter it seems."""
    # Before folding too: a large Greek letter may look like another one than its small form does.
    folded = unicodedata.normalize("NFKC", name).translate(LOOK_ALIKES).casefold().translate(LOOK_ALIKES)
    bare = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in bare if char.isalnum()).translate(LOOK_ALIKES)


def house_names() -> set[str]:
    """The cinema's own."""
    return {skeleton(settings.CINEMA_NAME), skeleton(settings.CINEMA_NAME_EN)}


def _staff_names() -> set[str]:
    pairs = User.objects.filter(is_staff=True).values_list("username", "nickname")
    return {skeleton(name) for pair in pairs for name in pair if name}
