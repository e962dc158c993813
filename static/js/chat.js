// The talk of a room: what was said, who is here, who is typing; replying, reacting, and keeping order.
import { LiveSocket } from "./socket.js";
import { drawMessage, drawMoment } from "./chat-message.js";

const TYPING_SHOWN = 4000;
const TYPING_TOLD = 2500;
const NOTICE_MS = 6000; // a notice goes when what it says is over
const KEPT_NAME = "chat-name";
const EXCERPT = 120; // of what is quoted

class Talk {
  constructor(panel) {
    this.panel = panel;
    this.room = panel.dataset.chat;
    this.list = panel.querySelector("[data-chat-list]");
    this.form = panel.querySelector("[data-chat-form]");
    this.input = panel.querySelector("[data-chat-input]");
    this.rows = new Map(); // seq → { frame, node }
    this.last = 0;
    this.first = Infinity;
    this.next = 0;
    this.unsent = new Map(); // client_msg_id → frame, until it has been acknowledged
    this.typing = new Map();
    this.replying = null;
    const name = panel.querySelector("[data-chat-name]");
    if (name) name.value ||= localStorage.getItem(KEPT_NAME) ?? "";
    this.listen();
    this.socket = new LiveSocket("/ws/chat", {
      opened: () => this.join(),
      frame: (frame) => this.hear(frame),
      closed: (_code, forGood) => this.status(forGood ? this.text("Closed") : this.text("Away")),
    });
  }

  text(name) {
    return this.panel.dataset[`text${name}`] ?? "";
  }

  status(words) {
    clearTimeout(this.notice);
    this.panel.querySelector("[data-chat-status]").textContent = words;
  }

  get name() {
    return this.panel.querySelector("[data-chat-name]")?.value.trim() || this.panel.dataset.name || "";
  }

  send(frame) {
    return this.socket.send({ room_id: this.room, id: ++this.next, ...frame });
  }

  join() {
    this.send({ type: "join", username: this.name, ...(this.last ? { since_seq: this.last } : {}) });
  }

  hear(frame) {
    const act = this[`on_${frame.type}`];
    if (act && (frame.room_id === undefined || frame.room_id === this.room)) act.call(this, frame);
  }

  on_joined({ you, messages, last_seq: newest, presence }) {
    this.you = you;
    this.status("");
    this.panel.toggleAttribute("data-moderates", you.role === "moderator" || you.role === "host");
    // What was edited, deleted or liked while we were away is not among what is new.
    if (this.last) this.send({ type: "history", before_seq: this.last + 1 });
    this.take(messages);
    if (messages.length && messages.at(-1).seq < newest) this.send({ type: "history", after_seq: messages.at(-1).seq });
    this.on_presence(presence);
    for (const frame of this.unsent.values()) this.send(frame); // harmless if it had arrived: it carries its id
    this.panel.dataset.live = "on";
  }

  on_history({ messages, more }) {
    const forward = messages.length && messages[0].seq > this.last;
    this.take(messages);
    if (forward && more) this.send({ type: "history", after_seq: this.last });
    if (!forward && !more) this.panel.querySelector("[data-chat-older]").hidden = true;
  }

  on_message(frame) {
    if (frame.seq > this.last + 1 && this.last) this.send({ type: "history", after_seq: this.last });
    else this.take([frame]);
    this.typing.delete(frame.username);
    this.showTyping();
  }

  on_ack({ ref }) {
    for (const [key, frame] of this.unsent) if (frame.id === ref) this.unsent.delete(key);
  }

  on_edit({ message_id: id, content }) {
    this.change(id, { content, edited: true });
  }

  on_delete({ message_id: id }) {
    this.change(id, { content: "", deleted: true });
  }

  on_react({ message_id: id, reactions }) {
    this.change(id, { reactions });
  }

  on_presence({ count, users }) {
    const here = this.panel.querySelector("[data-chat-here]");
    here.textContent = this.text("Here").replace("%s", count);
    here.title = users.map((user) => user.username).join("、");
  }

  on_typing({ username, on }) {
    if (on) this.typing.set(username, Date.now());
    else this.typing.delete(username);
    this.showTyping();
  }

  on_moderation({ action, username, seconds }) {
    const words = this.text(`Moderation_${action}`);
    if (words) this.list.append(drawMoment(words.replace("%s", username ?? seconds ?? "")));
    this.scroll(true);
  }

  on_error({ message, ref, retry_after_ms: wait }) {
    this.status(message);
    this.notice = setTimeout(() => this.status(""), Math.max(wait ?? 0, NOTICE_MS));
    for (const [key, frame] of this.unsent) {
      if (frame.id !== ref) continue;
      if (wait) setTimeout(() => this.unsent.has(key) && this.send(frame), wait + 50);
      else { this.unsent.delete(key); this.input.value ||= frame.content; }
    }
  }

  take(frames) {
    const near = this.isNearEnd();
    for (const frame of frames) {
      if (this.rows.has(frame.seq)) {
        this.redraw(this.rows.get(frame.seq), frame);
        continue;
      }
      const node = drawMessage(this, frame);
      this.rows.set(frame.seq, { frame, node });
      if (frame.seq > this.last) {
        this.list.append(node);
        this.last = frame.seq;
      } else {
        const after = [...this.rows.keys()].filter((seq) => seq > frame.seq && seq !== frame.seq).sort((a, b) => a - b)[0];
        this.list.insertBefore(node, after === undefined ? null : this.rows.get(after).node);
      }
      this.first = Math.min(this.first, frame.seq);
    }
    if (this.first > 1 && this.rows.size) this.panel.querySelector("[data-chat-older]").hidden = false;
    this.scroll(near);
  }

  change(id, facts) {
    for (const row of this.rows.values()) {
      if (row.frame.id === id) this.redraw(row, { ...row.frame, ...facts });
      if (row.frame.reply_to === id && facts.content !== undefined) {
        const reply = { ...row.frame.reply, content: [...facts.content].slice(0, EXCERPT).join("") };
        this.redraw(row, { ...row.frame, reply });
      }
    }
  }

  redraw(row, frame) {
    if (JSON.stringify(frame) === JSON.stringify(row.frame)) return;
    row.frame = frame;
    const node = drawMessage(this, frame);
    row.node.replaceWith(node);
    row.node = node;
  }

  isNearEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
  }

  scroll(near) {
    if (near) this.list.scrollTop = this.list.scrollHeight;
  }

  showTyping() {
    const names = [...this.typing].filter(([, at]) => Date.now() - at < TYPING_SHOWN).map(([name]) => name);
    this.panel.querySelector("[data-chat-typing]").textContent = names.length ? this.text("Typing").replace("%s", new Intl.ListFormat(document.documentElement.lang).format(names.slice(0, 3))) : "";
    clearTimeout(this.typingTimer);
    if (names.length) this.typingTimer = setTimeout(() => this.showTyping(), 1000);
  }

  reply(frame) {
    this.replying = frame;
    const note = this.panel.querySelector("[data-chat-reply]");
    note.hidden = !frame;
    note.querySelector("span").textContent = frame ? this.text("Reply").replace("%s", frame.username) : "";
    this.input.focus();
  }

  /** The film's position, where this panel stands beside a player: messages can be tied to it. */
  position() {
    const video = document.querySelector("[data-watch] video");
    return video && video.currentTime > 0 ? video.currentTime : null;
  }

  say() {
    const content = this.input.value.trim();
    if (!content) return;
    const key = crypto.randomUUID?.() ?? `${Date.now().toString(16).padStart(12, "0")}-0000-4000-8000-${Math.random().toString(16).slice(2, 14).padEnd(12, "0")}`;
    const frame = { type: "message", id: ++this.next, room_id: this.room, username: this.name, content, client_msg_id: key };
    if (this.replying) frame.reply_to = this.replying.id;
    const spoiler = this.panel.querySelector("[data-chat-spoiler]");
    if (spoiler?.checked && this.position() !== null) frame.position = this.position();
    this.unsent.set(key, frame);
    this.socket.send(frame);
    this.input.value = "";
    this.reply(null);
    this.scroll(true);
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.say(); });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.say(); }
      if (event.key === "Escape") this.reply(null);
    });
    this.input.addEventListener("input", () => {
      if (Date.now() - (this.toldTyping ?? 0) < TYPING_TOLD || !this.input.value) return;
      this.toldTyping = Date.now();
      this.send({ type: "typing", on: true });
    });
    this.panel.querySelector("[data-chat-reply] button").addEventListener("click", () => this.reply(null));
    this.panel.querySelector("[data-chat-older]").addEventListener("click", () => this.send({ type: "history", before_seq: this.first }));
    this.panel.querySelector("[data-chat-name]")?.addEventListener("change", () => {
      localStorage.setItem(KEPT_NAME, this.name);
      document.dispatchEvent(new CustomEvent("chat-name", { detail: this.name }));
      this.join();
    });
    this.panel.querySelector("[data-chat-slow]")?.addEventListener("change", (event) =>
      this.send({ type: "moderate", action: "slow_mode", seconds: Number(event.target.value) }));
  }
}

for (const panel of document.querySelectorAll("[data-chat]")) panel.talk = new Talk(panel);
