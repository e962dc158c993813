"""An arrow key held down on the page of a watch party, in a real browser: nobody is closed, and no notice stays."""

import json

import pytest

from tests.live.test_pages import eventually, log_in

PREPARE = """
import json
from django.utils import timezone
from social.rooms import start_party
from tests.factories import a_customer, a_movie
movie, ann = a_movie(stream_url="/static/demo/stream/master.m3u8"), a_customer("ann")
print(json.dumps([start_party(host=ann, movie=movie, wait="all", now=timezone.now()).code for _each in range(2)]))
"""
CLOSES = "(() => { const room = document.querySelector('[data-watch]'); return room.hasAttribute('data-offline'); })()"
COUNT = """() => {
  window.seeks = 0; window.closed = 0; window.sockets = [];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) { if (text.includes('"seek"')) seeks += 1; send.call(this, text); };
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      sockets.push(this);
      this.addEventListener("close", () => { closed += 1; });
    }
  };
}"""
HELD = """async () => {
  const down = (repeat) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true, repeat }));
  for (let press = 0; press < 8; press++) {
    for (let step = 0; step < 22; step++) { down(step > 0); await new Promise((later) => setTimeout(later, 33)); }
  }
}"""
VOICE = "document.querySelector('[data-watch-voice]').textContent"


@pytest.fixture(scope="module")
def house(serve):
    """A server with limits, and two parties."""
    server = serve(RATE_LIMITS="on")
    return server, json.loads(server.shell(PREPARE).splitlines()[-1])


def open_party(page, server, code: str) -> None:
    page.add_init_script(f"({COUNT})()")
    page.goto(f"{server.url}/watch/{code}/")
    eventually(page, "document.querySelector('video').readyState >= 3")
    eventually(page, "document.querySelector('[data-watch]').watch.clock() !== null")


def test_holding_an_arrow_key_closes_neither_the_host_nor_a_viewer_who_touched_nothing(house, new_page):
    server, (code, _other) = house
    ann, guest = new_page(), new_page()
    log_in(ann, server, "ann")
    for page in (ann, guest):
        open_party(page, server, code)
    ann.keyboard.press("k")
    eventually(guest, "!document.querySelector('video').paused")

    ann.evaluate(HELD)

    ann.wait_for_timeout(1000)
    assert [page.evaluate("closed") for page in (ann, guest)] == [0, 0]
    assert [page.evaluate(VOICE) for page in (ann, guest)] == ["", ""]
    assert 0 < ann.evaluate("seeks") <= 40
    assert [page.evaluate(CLOSES) for page in (ann, guest)] == [False, False]


def test_a_notice_goes_when_it_is_over(house, new_page):
    server, (_one, code) = house
    page = new_page()
    page.clock.install()
    page.add_init_script(f"({COUNT})()")
    page.goto(f"{server.url}/watch/{code}/")
    page.wait_for_selector("[data-watch][data-live=on]")
    page.wait_for_selector("[data-chat][data-live=on]")

    status = "document.querySelector('[data-chat-status]').textContent"
    page.evaluate('sockets.forEach((one) => one.send(\'{ "type": "nonsense" }\'))')
    for notice in (status, VOICE):
        eventually(page, f"{notice} !== ''")
    page.clock.run_for(7000)

    for notice in (status, VOICE):
        eventually(page, notice, "")
