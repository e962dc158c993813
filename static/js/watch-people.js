// Who is here, and who has the control.
import { shownName } from "./chat-message.js";

export function listed(names) {
  return new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(names);
}

export class Company {
  constructor(room, wish) {
    Object.assign(this, { room, wish, users: [], line: null, me: null, mayControl: false, moderates: false });
    this.note = room.querySelector("[data-watch-mine]");
  }

  text(name) {
    return this.room.dataset[`text${name}`];
  }

  people({ count, users }) {
    this.users = users;
    this.room.querySelector("[data-watch-count]").textContent = this.text("Here").replace("%s", count);
    this.draw();
  }

  follow(line, { mayControl, me, moderates }) {
    const news = [line.controller, line.host_id, line.waiting_on.join(), mayControl, me, moderates].join();
    Object.assign(this, { line, mayControl, me, moderates });
    if (news !== this.news) this.draw();
    this.news = news;
  }

  draw() {
    const chips = this.users.map((user) => this.chip(user));
    this.room.querySelector("[data-watch-people]").replaceChildren(...chips);
    if (this.line) this.sayWhoControls();
  }

  chip(user) {
    const node = document.createElement("li");
    node.className = "people__one";
    node.textContent = shownName(user, this.text("Guest"));
    const marks = user.guest && node.textContent !== this.text("Guest") ? [this.text("Guest")] : [];
    if (user.user_id !== null && user.user_id === this.line?.host_id) marks.push(this.text("Host"));
    if (user.user_id !== null && user.user_id === this.me) marks.push(this.text("You"));
    if (marks.length) {
      const mark = document.createElement("span");
      mark.className = "people__mark";
      mark.textContent = marks.join(" · ");
      node.append(" ", mark);
    }
    if (this.moderates && !["host", "moderator"].includes(user.role)) node.append(" ", this.sendOut(user));
    node.toggleAttribute("data-waited-for", Boolean(this.line?.waiting_on.includes(user.username)));
    return node;
  }

  /** Whoever spoils the film for the others needn't have said a word. */
  sendOut(user) {
    const button = document.createElement("button");
    const label = this.text("SendOut").replace("%s", user.username);
    const whom = user.user_id === null ? { guest_id: user.guest_id } : { user_id: user.user_id };
    button.type = "button";
    button.className = "people__out";
    button.textContent = "×";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => confirm(label) && this.wish({ type: "moderate", action: "kick", ...whom }));
    return button;
  }

  sayWhoControls() {
    const { control, controller, host_id: host } = this.line;
    const holder = this.users.find((user) => user.user_id !== null && `u${user.user_id}` === controller);
    const words = this.mayControl
      ? this.me !== host && this.text("Yours")
      : holder ? this.text("Control").replace("%s", holder.username) : this.text("Nobody");
    this.note.hidden = control === "everyone" || !words || !this.users.length;
    this.note.textContent = words || "";
  }
}
