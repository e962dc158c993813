"""Names that would pass for the house's own people."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.profile import update_profile
from accounts.reserved_names import passes_for_staff
from accounts.signup import sign_up, sign_up_discreetly
from cinema.errors import InvalidInput
from social.speakers import GuestDevice, guest
from tests.factories import PASSWORD, a_clerk, a_customer

pytestmark = pytest.mark.django_db
CYRILLIC = "\u0430dmin"
DECEIVING = [
    *("admin", "Admin", CYRILLIC, "\u0391D\u039c\u0399\u039d", "\uff41\uff44\uff4d\uff49\uff4e", "adm1n"),
    *("\u00e1dmin", "admin_2", "the.admin", "admin42", "a.d.m.i.n", "Box Office", "Staff-Anna"),
    *("\u0455u\u0440\u0440o\u0433t", "影院经理", "影院經理", "影 院 经 理", "【官方】小明", "在线客服", "管理员01"),
    *("光影院", "Lumen  Cinema"),
]
HARMLESS = [
    *(
        "alice",
        "小明",
        "Staffan",
        "adminton",
        "Иван",
        "Ελένη",
        "movie-fan",
        "Манагуа",
        "rooted",
        "O'Neil",
        "经理的女儿",
    ),
    *("O'Neil", "经理的女儿", "", "…", "7"),
]


@pytest.mark.parametrize("name", DECEIVING)
def test_a_name_that_deceives_is_known(name):
    assert passes_for_staff(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_like_others_is_left_alone(name):
    assert not passes_for_staff(name)


def test_nobody_takes_the_name_of_somebody_who_works_here():
    clerk = a_clerk("wang_lei")
    User.objects.filter(pk=clerk.pk).update(nickname="王磊")

    assert [passes_for_staff(name) for name in ("W\u0430ng-Lei", "王 磊", "wangli")] == [True, True, False]


def test_customers_cant_have_such_a_name_by_any_door():
    user = a_customer()
    facts = {"password": PASSWORD, "email": "e@example.com"}
    doors = [
        lambda: sign_up(username=CYRILLIC, **facts),
        lambda: sign_up(username="eve", nickname="客服", **facts),
        lambda: sign_up_discreetly(username=CYRILLIC, language="en", **facts),
        lambda: update_profile(user=user, nickname="影院经理"),
        lambda: update_profile(user=user, username="support"),
    ]
    for door in doors:
        with pytest.raises(InvalidInput):
            door()

    assert set(User.objects.values_list("username", "nickname")) == {(user.username, user.nickname)}


def test_staff_are_called_what_they_are_and_a_name_given_before_stays():
    clerk, old = a_clerk("clerk"), a_customer()
    User.objects.filter(pk=old.pk).update(nickname="客服")

    assert update_profile(user=clerk, nickname="客服小王").nickname == "客服小王"
    assert update_profile(user=old, nickname="客服", language="en").language == "en"


def test_a_guest_who_would_pass_for_staff_is_marked():
    device = GuestDevice("g1", "p1", timezone.now())

    assert [guest(device=device, wished=name).name for name in (CYRILLIC, "影院经理", "Ann")] == [
        f"{CYRILLIC} (guest)",
        "影院经理 (guest)",
        "Ann",
    ]
