// The player's line to its party: the state of the room, the server's clock, and wishes.
import { paced } from "./pace.js";
import { LiveSocket } from "./socket.js";
import { clockOf } from "./sync-control.js";

const FIRST_PINGS = 5;
const FIRST_EVERY = 150;
const THEN_EVERY = 5000;
const TELL_EVERY = 250; // an arrow key held down wishes thirty times a second

export class PartyLine {
  /** told: state(line), people(presence), trouble(text, stays), online(bool) */
  constructor(room, name, told) {
    // A guest goes by the name chosen for the talk.
    Object.assign(this, { room, name: name || localStorage.getItem("chat-name") || "", told, pings: [], clock: null, next: 0, you: null });
    this.seek = paced((wish) => this.tell(wish), TELL_EVERY);
    this.status = paced((report) => this.report(report), TELL_EVERY);
    this.socket = new LiveSocket("/ws/sync", {
      opened: () => this.enter(),
      frame: (frame) => this.hear(frame),
      closed: (_code, forGood) => (forGood ? told.trouble(this.lastWords ?? "", true) : told.online(false)),
    });
    document.addEventListener("chat-name", (event) => { this.name = event.detail; this.enter(); });
    setInterval(() => this.ping(), THEN_EVERY);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.measure(); });
  }

  now() {
    return performance.timeOrigin + performance.now();
  }

  enter() {
    this.pings = [];
    this.socket.send({ type: "join", id: "join", room_id: this.room, username: this.name });
    this.measure();
    this.told.online(true);
  }

  measure() {
    clearInterval(this.measuring);
    let left = FIRST_PINGS;
    this.ping();
    this.measuring = setInterval(() => (--left > 0 ? this.ping() : clearInterval(this.measuring)), FIRST_EVERY);
  }

  ping() {
    this.socket.send({ type: "ping", id: ++this.next, t0: this.now() });
  }

  hear(frame) {
    if (frame.type === "pong") {
      this.pings = [...this.pings, { t0: frame.t0, t1: frame.t1, t2: frame.t2, t3: this.now() }].slice(-8);
      this.clock = clockOf(this.pings);
    } else if (frame.type === "state" && frame.room_id === this.room) {
      this.you = frame.you ?? this.you;
      this.rev = frame.rev;
      this.told.state(frame);
    } else if (frame.type === "sync" && frame.rev > (this.rev ?? 0)) {
      // A beat of a change we haven't heard of: ask for the state as it is.
      this.socket.send({ type: "join", id: "again", room_id: this.room, username: this.name });
    } else if (frame.type === "presence") {
      this.told.people(frame);
    } else if (frame.type === "error" && frame.code !== "conflict") {
      this.lastWords = frame.message;
      this.told.trouble(frame.message);
      if (frame.code === "kicked") this.socket.end();
    }
  }

  mayControl(line) {
    if (line.control === "everyone") return true;
    const me = this.you?.user_id;
    return me !== null && me !== undefined && (me === line.host_id || line.controller === `u${me}`);
  }

  get moderates() {
    return ["host", "moderator"].includes(this.you?.role);
  }

  wish(frame) {
    if (frame.type === "seek") this.seek(frame);
    else this.tell(frame);
  }

  tell(frame) {
    this.socket.send({ ...frame, room_id: this.room, id: ++this.next });
  }

  report(report) {
    this.socket.send({ type: "status", ...report, rtt_ms: this.clock ? Math.round(this.clock.rtt) : null });
  }
}
