"""The live parts of the pages in a real browser: talk, seats, and a party where two keep in step."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

PREPARE = """
import json
from django.utils import timezone
from social.rooms import start_party
from tests.factories import a_customer, a_movie, a_showtime
movie = a_movie(stream_url="/static/demo/stream/master.m3u8")
ann, bob = a_customer("ann"), a_customer("bob")
party = start_party(host=ann, movie=movie, wait="off", now=timezone.now())
print(json.dumps({"movie": movie.pk, "code": party.code, "showtime": a_showtime(movie=movie).pk}))
"""
HOLD = """
from django.utils import timezone
from accounts.models import User
from ticketing.sale.holds import hold_seats
hold_seats(showtime_id={showtime}, seats=["A1"], customer=User.objects.get(username="bob"), now=timezone.now())
"""
WAITING_PARTY = """
from django.utils import timezone
from accounts.models import User
from catalog.models import Movie
from social.rooms import start_party
movie, ann = Movie.objects.get(pk={movie}), User.objects.get(username="ann")
print(start_party(host=ann, movie=movie, wait="all", now=timezone.now()).code)
"""
ERASE = """
from django.utils import timezone
from social import chat
from social.models import ChatMessage
for row in ChatMessage.objects.select_related("room"):
    chat.erase(row=row, room=row.room, by="mod", now=timezone.now())
"""
SHOWN = "[...document.querySelector('video').textTracks].find(track => track.mode === 'showing')"
SEEN = """() => {
  const room = document.querySelector("[data-watch]"), video = room.querySelector("video");
  return { at: performance.timeOrigin + performance.now(), position: video.currentTime, paused: video.paused };
}"""


@pytest.fixture(scope="module")
def house(serve, redis_server):
    """A server, and what is in it; news from other processes comes over Redis."""
    server = serve(REDIS_URL=redis_server.url)
    return server, json.loads(server.shell(PREPARE).splitlines()[-1])


def eventually(page, script: str, wanted=True, argument=None):
    """Ask until it is so; the content security policy forbids Playwright's own way."""
    for _ in range(150):
        found = page.evaluate(script, argument)
        if found == wanted:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"{script} stays {found!r}, not {wanted!r}")


def first_byte(route) -> int:
    """Where the part of a file begins that is asked for."""
    return int(route.request.headers.get("range", "bytes=0-")[6:].split("-")[0])


def log_in(page, server, username: str) -> None:
    page.goto(f"{server.url}/account/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", "a-good-long-password")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{server.url}/")


def test_two_people_talk_below_a_film_and_markup_stays_text(house, new_page):
    server, facts = house
    ann, guest = new_page(), new_page()
    log_in(ann, server, "ann")
    for page in (ann, guest):
        page.goto(f"{server.url}/films/{facts['movie']}/")
        page.wait_for_selector("[data-chat][data-live=on]")

    ann.fill("[data-chat-input]", "<img src=x onerror=alert(1)> 好看")
    ann.press("[data-chat-input]", "Enter")
    guest.wait_for_selector(".chat__row")

    assert guest.text_content(".chat__words") == "<img src=x onerror=alert(1)> 好看"
    assert guest.text_content(".chat__head b") == "ann"
    assert guest.locator(".chat__list img").count() == 0
    assert ann.locator(".chat__row").count() == 1


@pytest.mark.parametrize(("prefix", "words"), [("", "没有这种消息类型。"), ("/en", "There is no such type of frame.")])
def test_refusals_on_the_socket_are_in_the_page_s_language(house, new_page, prefix, words):
    server, facts = house
    page = new_page()
    page.goto(f"{server.url}{prefix}/films/{facts['movie']}/")
    page.wait_for_selector("[data-chat][data-live=on]")

    page.evaluate("document.querySelector('[data-chat]').talk.send({ type: 'nonsense' })")

    eventually(page, "document.querySelector('[data-chat-status]').textContent", words)


def test_the_talk_comes_back_by_itself_after_the_server_was_away_without_what_was_deleted_meanwhile(house, new_page):
    server, facts = house
    page = new_page()
    page.goto(f"{server.url}/films/{facts['movie']}/")
    page.wait_for_selector("[data-chat][data-live=on]")
    before = page.locator(".chat__row").count()

    server.kill()
    eventually(page, "document.querySelector('[data-chat-status]').textContent !== ''")
    server.shell(ERASE)
    server.start()
    eventually(page, "document.querySelector('[data-chat-status]').textContent === ''")
    eventually(page, "document.querySelectorAll('.chat__words.soft').length", before)
    page.fill("[data-chat-input]", "wieder da")
    page.press("[data-chat-input]", "Enter")
    eventually(page, "document.querySelectorAll('.chat__row').length", before + 1)


def test_a_seat_held_elsewhere_changes_on_an_open_map(house, new_page):
    server, facts = house
    page = new_page()
    page.goto(f"{server.url}/showtimes/{facts['showtime']}/")
    page.wait_for_selector("[data-seat-form][data-live=on]")
    before = page.get_attribute(".seat:has([data-label=A1])", "data-status")

    server.shell(HOLD.format(**facts))

    eventually(page, "document.querySelector('.seat:has([data-label=A1])').dataset.status", "held")
    assert before == "available"


def test_two_players_keep_in_step_and_stand_on_the_same_frame(house, new_page):
    server, facts = house
    ann, guest = new_page(), new_page()
    log_in(ann, server, "ann")
    for page in (ann, guest):
        page.goto(f"{server.url}/watch/{facts['code']}/")
        eventually(page, "document.querySelector('video').readyState >= 3")
        eventually(page, "document.querySelector('[data-watch]').watch.clock() !== null")

    assert guest.is_disabled("[data-watch-toggle]")
    ann.click("[data-watch-toggle]")
    for page in (ann, guest):
        eventually(page, "!document.querySelector('video').paused")
    ann.wait_for_timeout(5000)
    one, two = ann.evaluate(SEEN), guest.evaluate(SEEN)
    ann.click("[data-watch-toggle]")
    for page in (ann, guest):
        eventually(page, "document.querySelector('video').paused")
    ann.wait_for_timeout(500)
    still = [page.evaluate(SEEN)["position"] for page in (ann, guest)]

    apart = abs((one["position"] - two["position"]) - (one["at"] - two["at"]) / 1000)
    assert apart < 0.25
    assert still[0] == pytest.approx(still[1], abs=0.04)


def test_the_room_says_who_is_here_and_who_has_the_control(house, new_page):
    server, facts = house
    ann, guest = new_page(), new_page(viewport={"width": 390, "height": 844}, locale="en-US")
    log_in(ann, server, "ann")
    ann.goto(f"{server.url}/watch/{facts['code']}/")
    guest.goto(f"{server.url}/en/watch/{facts['code']}/")
    guest.fill("[data-chat-name]", "Ann")
    guest.press("[data-chat-name]", "Tab")

    chips = "[...document.querySelectorAll('.people__one')].map(one => one.textContent).sort()"
    eventually(guest, chips, ["Ann Guest", "ann Host"])
    eventually(ann, chips, ["Ann 游客 ×", "ann 主持人 · 您"])
    note = "(note => note.hidden ? '' : note.textContent)(document.querySelector('[data-watch-mine]'))"
    here = (eventually(ann, note, ""), eventually(guest, note, "ann has the control."))
    ann.close()

    assert here == ("", "ann has the control.")
    eventually(guest, note, "The host is away. Nobody here has the control.")


def test_somebody_whose_jump_never_arrives_is_waited_for_and_named(house, new_page):
    server, facts = house
    code = server.shell(WAITING_PARTY.format(**facts)).splitlines()[-1]
    ann, bob = new_page(), new_page()
    # The second half of the film never comes to him, and nobody says so.
    bob.route("**/*.mp4", lambda route: route.continue_() if first_byte(route) < 400_000 else None)
    for page, name in ((ann, "ann"), (bob, "bob")):
        log_in(page, server, name)
        page.goto(f"{server.url}/watch/{code}/")
        eventually(page, "document.querySelector('video').readyState >= 3")
        eventually(page, "document.querySelector('[data-watch]').watch.clock() !== null")
    ann.click("[data-watch-toggle]")
    eventually(bob, "!document.querySelector('video').paused")

    ann.evaluate(
        "(s => { s.value = 100; s.dispatchEvent(new Event('change')); })(document.querySelector('[data-watch-seek]'))"
    )

    eventually(ann, "document.querySelector('[data-watch-waiting]').textContent", "正在等待 bob…")
    eventually(ann, "document.querySelector('video').paused")
    assert ann.locator(".people__one[data-waited-for]").text_content() == "bob ×"


def test_the_demo_film_has_subtitles_in_the_readers_language_first(house, new_page):
    server, facts = house
    page = new_page(locale="en-US")
    page.goto(f"{server.url}/en/watch/{facts['code']}/")
    page.wait_for_selector("[data-watch-subtitles]:not([hidden])")

    seen = []
    for _ in range(3):
        page.keyboard.press("c")
        seen.append(page.text_content("[data-watch-track]"))
    page.keyboard.press("c")

    assert seen == ["English", "中文", ""]
    eventually(page, f"{SHOWN}?.cues?.[1]?.text", "Please mute your phone.")


def test_subtitles_that_come_before_the_film_are_there_when_one_comes_back_to_them(house, new_page):
    server, facts = house
    page, held, is_away = new_page(locale="en-US"), [], [True]
    page.route("**/*.mp4", lambda route: held.append(route) if is_away else route.continue_())
    page.goto(f"{server.url}/en/watch/{facts['code']}/")
    page.wait_for_selector("[data-watch-subtitles]:not([hidden])")

    with page.expect_response("**/en*.vtt"):
        page.keyboard.press("c")
    page.wait_for_timeout(300)
    for _language in ("Chinese", "none"):
        page.keyboard.press("c")
        page.wait_for_timeout(300)
    is_away.clear()
    for route in held:
        route.continue_()
    eventually(page, "document.querySelector('video').readyState >= 2")
    page.keyboard.press("c")

    eventually(page, f"{SHOWN}?.cues?.[1]?.text", "Please mute your phone.")
    assert page.evaluate(f"new Set([...{SHOWN}.cues].map((cue) => cue.startTime)).size === {SHOWN}.cues.length")


def test_keys_work_wherever_the_focus_is_but_where_one_writes(house, new_page):
    server, facts = house
    ann = new_page()
    log_in(ann, server, "ann")
    ann.goto(f"{server.url}/watch/{facts['code']}/")
    eventually(ann, "document.querySelector('video').readyState >= 3")
    muted = "document.querySelector('video').muted"
    ann.click("[data-watch-mute]")
    eventually(ann, muted)

    ann.keyboard.press("m")
    after_button = ann.evaluate(muted)
    ann.keyboard.press("f")
    eventually(ann, "document.fullscreenElement !== null")
    eventually(ann, "getComputedStyle(document.querySelector('.stage__bar')).opacity", "0")
    ann.keyboard.press("f")
    eventually(ann, "document.fullscreenElement === null")
    ann.click("[data-chat-input]")
    ann.keyboard.type("mmm")

    assert (after_button, ann.evaluate(muted), ann.input_value("[data-chat-input]")) == (False, False, "mmm")


def test_the_moderators_menu_is_seen_whole_and_closes_again(house, new_page):
    server, facts = house
    ann, guest = new_page(viewport={"width": 1280, "height": 800}), new_page()
    log_in(ann, server, "ann")
    for page in (ann, guest):
        page.goto(f"{server.url}/watch/{facts['code']}/")
        page.wait_for_selector("[data-chat][data-live=on]")
    guest.fill("[data-chat-input]", "hello")
    guest.press("[data-chat-input]", "Enter")
    ann.wait_for_selector(".chat__acts summary")
    ann.locator(".chat__acts summary").last.click()

    seen = """(() => { const menu = document.querySelector('.chat__acts[open] .chat__menu');
      return [...menu.children].every(one => { const { x, y, width, height } = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }); })()"""
    eventually(ann, seen)
    ann.keyboard.press("Escape")

    assert ann.locator(".chat__acts[open]").count() == 0


def test_the_pages_break_none_of_their_own_rules(house, new_page):
    server, facts = house
    page, complaints = new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    for address in (f"/films/{facts['movie']}/", f"/watch/{facts['code']}/", f"/showtimes/{facts['showtime']}/"):
        page.goto(f"{server.url}{address}")
        page.wait_for_timeout(1500)

    assert complaints == []


@pytest.mark.parametrize(
    ("screen", "light"),
    [({"width": 1440, "height": 900}, "light"), ({"width": 360, "height": 780}, "dark")],
    ids=["desk, light", "phone, dark"],
)
def test_the_party_s_pages_have_no_fault_axe_can_find(house, new_page, screen, light):
    server, facts = house
    page, seen = new_page(viewport=screen, color_scheme=light), {}
    log_in(page, server, "ann")
    for address in (f"/films/{facts['movie']}/", f"/films/{facts['movie']}/party/", f"/watch/{facts['code']}/"):
        page.goto(f"{server.url}{address}")
        if "/party/" not in address:
            page.wait_for_selector("[data-chat][data-live=on]")
        wrong = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
        seen[address] = wrong, page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert {address: faults for address, faults in seen.items() if faults != ([], 0)} == {}
