"""Who comes to the demo cinema."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.signup import sign_up

ADMIN = ("admin", "demo-admin-2026")
CUSTOMER = ("lin", "demo-lin-2026")
CLERK = ("mei", "demo-mei-2026")
CLERK_ROLES = ("Box office", "Usher")

# Regulars: username and nickname. They log in with the same password as lin.
REGULARS: tuple[tuple[str, str], ...] = (
    ("ming", "胶片阿明"),
    ("xiaoyu", "小雨看片"),
    ("momo", "Momo"),
    ("laozhou", "老周"),
    ("anna", "Anna K."),
    ("tuzi", "兔子警官"),
    ("hepburn", "赫本的早餐"),
    ("chen", "陈默"),
    ("projectionist", "放映员老李"),
    ("vertov", "电影眼"),
)
CROWD = tuple(f"guest{number:03}" for number in range(1, 71))
FIRST = ("夜场", "前排", "默片", "爆米花", "长镜头", "散场", "弄堂", "蒙太奇", "午后", "周末", "老片", "片尾")
SECOND = ("阿婆", "同学", "猫", "小姐", "先生", "观众", "船长", "骑士", "邮差")


@dataclass(frozen=True)
class People:
    """The accounts of the demo cinema."""

    admin: User
    clerk: User
    lin: User
    regulars: list[User]
    crowd: list[User]

    @property
    def everyone(self) -> list[User]:
        """All customers but lin, who has a story of their own."""
        return [*self.regulars, *self.crowd]


def invite_people(*, now: datetime, rnd: Random) -> People:
    """Open the accounts of the demo cinema. Whoever is there already keeps their password."""
    admin = User.objects.filter(username=ADMIN[0]).first() or User.objects.create_superuser(
        username=ADMIN[0], password=ADMIN[1], email="admin@cinema.example", nickname="影院经理"
    )
    clerk = User.objects.filter(username=CLERK[0]).first() or User.objects.create_user(
        username=CLERK[0], password=CLERK[1], email="mei@cinema.example", nickname="前台小梅", is_staff=True
    )
    clerk.groups.set(Group.objects.filter(name__in=CLERK_ROLES))
    lin = User.objects.filter(username=CUSTOMER[0]).first() or sign_up(
        username=CUSTOMER[0], password=CUSTOMER[1], email="lin@cinema.example", nickname="林小满"
    )
    # Hashing a password takes a while on purpose: the regulars share lin's, the crowd has none.
    regulars = [
        User(username=name, nickname=nickname, email=f"{name}@cinema.example", password=lin.password)
        for name, nickname in REGULARS
    ]
    names = [first + second for first in FIRST for second in SECOND]
    rnd.shuffle(names)
    nobody = make_password(None)
    crowd = [
        User(username=name, nickname=nickname, password=nobody) for name, nickname in zip(CROWD, names, strict=False)
    ]
    for user in [*regulars, *crowd]:
        user.date_joined = now - timedelta(days=rnd.randint(8, 400), minutes=rnd.randint(0, 1439))
    User.objects.bulk_create([*regulars, *crowd])
    return People(admin=admin, clerk=clerk, lin=lin, regulars=regulars, crowd=crowd)


def invited_customers() -> list[User]:
    """The regulars and the crowd, as far as they are still there: nobody who came of their own accord."""
    return list(User.objects.customers().filter(username__in=[*(name for name, _nickname in REGULARS), *CROWD]))
