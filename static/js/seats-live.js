// Keeps an open seat map true: the whole map on entering and after every break, then each change as it happens.
import { applySeatStatuses } from "./seats.js";
import { LiveSocket } from "./socket.js";

function start(form) {
  const showtime = Number(form.dataset.showtime);
  let seq = null;

  function watch() {
    seq = null;
    socket.send({ type: "watch", showtime_id: showtime });
  }

  function apply(seats) {
    applySeatStatuses(seats.map(({ seat_id: id, status, mine }) => ({ seat_id: id, status: mine ? "mine" : status })));
  }

  function frame(news) {
    if (news.type === "seats" && news.showtime_id === showtime) {
      seq = news.seq;
      apply(news.seats);
    } else if (news.type === "change" && seq !== null) {
      // The same number again is a hold that has run out; a leap means that something was missed.
      if (news.seq > seq + 1) return watch();
      seq = Math.max(seq, news.seq);
      apply(news.seats);
    }
    form.dataset.live = "on";
  }

  const socket = new LiveSocket("/ws/seats", { opened: watch, frame, closed: () => { form.dataset.live = "off"; } });
}

for (const form of document.querySelectorAll("[data-seat-form]")) start(form);
