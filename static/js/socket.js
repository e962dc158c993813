// A socket that comes back by itself: after a pause that grows and is never the same for all, at once when the
// network or the page comes back, and not at all where the server says that it is of no use (close codes from 4500).
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 15_000;
const FOR_GOOD = 4500;

export class LiveSocket {
  /** handlers: opened(), frame(object), closed(code, forGood) */
  constructor(path, handlers) {
    this.url = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${path}`;
    this.handlers = handlers;
    this.failures = 0;
    this.ended = false;
    addEventListener("online", () => this.hurry());
    addEventListener("pageshow", (event) => { if (event.persisted) this.hurry(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.hurry(); });
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const socket = this.socket = new WebSocket(this.url, ["cinema.v2"]);
    socket.addEventListener("open", () => {
      this.settled = setTimeout(() => { this.failures = 0; }, 5000);
      // What the server says shall be in the page's language, which needn't be what the browser prefers.
      this.send({ type: "hello", lang: document.documentElement.lang });
      this.handlers.opened?.();
    });
    socket.addEventListener("message", (event) => this.handlers.frame(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => this.lost(socket, event.code));
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(frame) {
    if (this.isOpen) this.socket.send(JSON.stringify(frame));
    return this.isOpen;
  }

  lost(socket, code) {
    if (socket !== this.socket) return;
    clearTimeout(this.settled);
    this.ended = this.ended || (code >= FOR_GOOD && code < 5000);
    this.handlers.closed?.(code, this.ended);
    if (this.ended) return;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures++);
    this.timer = setTimeout(() => this.open(), pause * (0.5 + Math.random()));
  }

  hurry() {
    if (this.timer && !this.ended) this.open();
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    this.socket?.close(1000);
  }
}
