// One message of the talk as a list item. Text is only ever set as text: what people write is never markup.
const SIGNS = { like: "👍", love: "❤️", laugh: "😂", wow: "😮", sad: "😢", cheer: "🎉" };
const EDIT_MS = 15 * 60 * 1000;

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(label, act, className = "chat__act") {
  const node = element("button", className, label);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

/** A guest is marked beside the name, so the server's own mark in it is left out, and no name at all is said in words. */
export function shownName({ username, guest }, word) {
  if (!guest) return username;
  return username === "guest" ? word : username.replace(/ \(guest\)$/, "");
}

function clockFace(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
}

/** A line that nobody said: someone was muted, slow mode came on. */
export function drawMoment(words) {
  return element("div", "chat__moment", words);
}

function drawWords(talk, frame) {
  const words = element("p", "chat__words");
  if (frame.deleted) {
    words.className = "chat__words soft";
    words.textContent = talk.text("Deleted");
    return words;
  }
  const me = talk.you && !talk.you.guest ? `@${talk.you.username}` : null;
  for (const part of frame.content.split(/(@[^\s@]+)/)) {
    words.append(part.startsWith("@") ? element(part === me ? "mark" : "b", "", part) : part);
  }
  if (frame.edited) words.append(" ", element("small", "soft", talk.text("Edited")));
  return words;
}

/** What is tied to a later point of the film stays veiled until one is there, or wants to know. */
function veil(talk, frame, words) {
  const here = talk.position();
  if (frame.position === undefined || frame.deleted || (here !== null && here >= frame.position)) return words;
  if (talk.you && frame.user_id !== null && frame.user_id === talk.you.user_id) return words;
  const cover = button(talk.text("Veiled").replace("%s", clockFace(frame.position)), lift, "chat__veil");
  const timer = setInterval(() => { if ((talk.position() ?? -1) >= frame.position) lift(); }, 1000);
  function lift() {
    clearInterval(timer);
    cover.replaceWith(words);
  }
  return cover;
}

function drawSigns(talk, frame) {
  const row = element("p", "chat__signs");
  for (const [sign, people] of Object.entries(frame.reactions ?? {})) {
    const mine = talk.you && people.includes(talk.you.user_id);
    const node = button(`${SIGNS[sign] ?? sign} ${people.length}`, () =>
      talk.send({ type: "react", message_id: frame.id, key: sign, op: mine ? "remove" : "add" }), "chat__sign");
    node.setAttribute("aria-pressed", String(Boolean(mine)));
    row.append(node);
  }
  return row;
}

/** Beside its button and whole, whatever the list around it cuts off; any step elsewhere closes it. */
function placeMenu(menu, box) {
  const about = menu.getBoundingClientRect();
  const below = innerHeight - about.bottom - 8;
  const down = below >= box.offsetHeight || below > about.top;
  box.style.maxHeight = `${Math.max(down ? below : about.top - 8, 80)}px`;
  box.style.top = down ? `${about.bottom}px` : "auto";
  box.style.bottom = down ? "auto" : `${innerHeight - about.top}px`;
  box.style.right = `${document.documentElement.clientWidth - about.right}px`;
  const close = new AbortController();
  const end = () => { menu.open = false; close.abort(); };
  const { signal } = close;
  document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) end(); }, { signal });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { end(); menu.firstChild.focus(); } }, { signal });
  document.addEventListener("scroll", (event) => { if (!box.contains(event.target)) end(); }, { signal, capture: true });
  addEventListener("resize", end, { signal });
  menu.addEventListener("toggle", () => close.abort(), { signal, once: true });
}

function drawActs(talk, frame) {
  const menu = element("details", "chat__acts");
  menu.append(element("summary", "", "⋯"));
  menu.firstChild.setAttribute("aria-label", talk.text("Acts").replace("%s", frame.username));
  const box = element("div", "chat__menu");
  const act = (label, run) => box.append(button(talk.text(label), () => { menu.open = false; run(); }));
  act("ActReply", () => talk.reply(frame));
  if (talk.you && !talk.you.guest) {
    for (const [sign, picture] of Object.entries(SIGNS)) {
      const node = button(picture, () => { menu.open = false; talk.send({ type: "react", message_id: frame.id, key: sign, op: "add" }); }, "chat__sign");
      node.setAttribute("aria-label", sign);
      box.append(node);
    }
  }
  const own = talk.you && !talk.you.guest && frame.user_id === talk.you.user_id;
  const fresh = Date.now() - frame.ts < EDIT_MS;
  const moderates = talk.panel.hasAttribute("data-moderates");
  if (own && fresh) {
    act("ActEdit", () => {
      const content = prompt(talk.text("ActEdit"), frame.content);
      if (content) talk.send({ type: "edit", message_id: frame.id, content });
    });
  }
  if ((own && fresh) || moderates) act("ActDelete", () => talk.send({ type: "delete", message_id: frame.id }));
  if (moderates && !own) {
    act("ActTimeout", () => talk.send({ type: "moderate", action: "timeout", message_id: frame.id, seconds: 300 }));
    for (const action of ["mute", "unmute", "kick", "ban", "unban"]) {
      act(`Act_${action}`, () => talk.send({ type: "moderate", action, message_id: frame.id }));
    }
  }
  menu.append(box);
  menu.addEventListener("toggle", () => { if (menu.open) placeMenu(menu, box); });
  return menu;
}

export function drawMessage(talk, frame) {
  const row = element("div", "chat__row");
  const head = element("p", "chat__head");
  const name = shownName(frame, talk.text("Guest"));
  head.append(element("b", "", name));
  if (frame.guest && name !== talk.text("Guest")) head.append(" ", element("span", "badge", talk.text("Guest")));
  if (frame.role === "host" || frame.role === "moderator") head.append(" ", element("span", "badge badge--teal", talk.text(`Role_${frame.role}`)));
  const time = element("time", "soft small", new Date(frame.ts).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
  time.dateTime = new Date(frame.ts).toISOString();
  head.append(" ", time);
  row.append(head);
  if (frame.reply) row.append(element("p", "chat__quote", `${frame.reply.username}: ${frame.reply.content}`));
  row.append(veil(talk, frame, drawWords(talk, frame)), drawSigns(talk, frame));
  if (!frame.deleted) row.append(drawActs(talk, frame));
  return row;
}
