// The control loop in virtual time, with players that start late, seek slowly and run a little fast or slow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOf, freshMemory, positionAt, step, TUNING } from "../../../static/js/sync-control.js";

function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A player whose every act takes its time. */
class Player {
  constructor({ startsIn = 40, seeksIn = 120, runs = 1, duration = 600 } = {}) {
    Object.assign(this, { startsIn, seeksIn, runs, duration, position: 0, paused: true, rate: 1, since: 0, seekingUntil: 0, startsAt: 0, playAt: null, rates: [] });
  }

  advance(now) {
    const from = Math.max(this.since, this.seekingUntil, this.startsAt);
    if (this.playAt !== null && now >= this.playAt) {
      const at = this.playAt;
      this.playAt = null;
      this.since = at;
      this.play(at);
      return this.advance(now);
    }
    if (!this.paused && now > from) this.position += ((now - from) / 1000) * this.rate * this.runs;
    this.since = now;
  }

  play(now) {
    if (this.paused) this.startsAt = now + this.startsIn;
    this.paused = false;
  }

  take(actions, now) {
    this.playAt = null;
    for (const action of actions) {
      if (action.do === "play") this.play(now);
      if (action.do === "pause") this.paused = true;
      if (action.do === "rate") { this.rate = action.to; this.rates.push(action.to); }
      if (action.do === "playIn") this.playAt = now + action.ms;
      if (action.do === "seek") { this.position = action.to; this.seekingUntil = now + this.seeksIn; }
    }
  }

  seen(now) {
    return { position: this.position, paused: this.paused, seeking: now < this.seekingUntil, enough: now >= this.startsAt, duration: this.duration };
  }
}

/** Run a player against a room; `changes` are [at, line]; answers the error in seconds at every step. */
function run({ player, changes, until, offset = 0, offBy = 0, from = 0, kicks = [] }) {
  let memory = freshMemory();
  const errors = [];
  for (let now = from; now <= until; now += 100) {
    player.advance(now);
    for (const [at, by] of kicks) if (at === now) player.position += by;
    const line = changes.filter(([at]) => at <= now).at(-1)[1];
    const answer = step(memory, { now, offset: offset + offBy, line, player: player.seen(now) });
    memory = answer.memory;
    player.take(answer.actions, now);
    errors.push([now, player.position - positionAt(line, now + offset, player.duration)]);
  }
  return errors;
}

function worst(errors, from, to = Infinity) {
  return Math.max(...errors.filter(([at]) => at >= from && at <= to).map(([, error]) => Math.abs(error)));
}

const still = { rev: 1, playing: false, position: 0, rate: 1, at: 0 };
const starts = (at, more = {}) => ({ rev: 2, playing: true, position: 0, rate: 1, at, ...more });

test("the offset is that of the quickest of the last eight pings", () => {
  const pings = [[0, 40, 40, 60], [100, 1115, 1115, 120], [200, 1290, 1290, 300]].map(([t0, t1, t2, t3]) => ({ t0, t1, t2, t3 }));
  assert.deepEqual(clockOf(pings), { rtt: 20, offset: 1005 });
  const later = Array.from({ length: 8 }, (_, n) => ({ t0: n * 1000, t1: n * 1000 + 530, t2: n * 1000 + 530, t3: n * 1000 + 60 }));
  assert.deepEqual(clockOf([...pings, ...later]), { rtt: 60, offset: 500 });
  assert.equal(clockOf([]), null);
});

test("a start set ahead is met, whatever this player needs to start", () => {
  for (const startsIn of [5, 40, 90]) {
    const errors = run({ player: new Player({ startsIn }), changes: [[0, still], [1000, starts(1500)]], until: 12_000 });
    assert.ok(worst(errors, 2500) <= 0.07, `${startsIn}: ${worst(errors, 2500)}`);
    assert.ok(worst(errors, 6000) <= 0.013, `${startsIn}: ${worst(errors, 6000)}`);
  }
});

test("a late joiner is within 100 ms in three seconds", () => {
  for (const seeksIn of [30, 150, 400]) {
    const errors = run({ player: new Player({ seeksIn }), changes: [[0, starts(0)]], from: 60_000, until: 75_000 });
    assert.ok(worst(errors, 63_000) <= 0.1, `${seeksIn}: ${worst(errors, 63_000)}`);
  }
});

test("half a second off is healed in five, never beyond fifteen per cent of the room's rate", () => {
  for (const by of [-0.5, 0.5]) {
    const player = new Player();
    const errors = run({ player, changes: [[0, starts(500)]], until: 40_000, kicks: [[20_000, by]] });
    assert.ok(worst(errors, 25_000) <= 0.05);
    assert.ok(player.rates.every((rate) => Math.abs(rate - 1) <= TUNING.far.most + 1e-9));
  }
});

test("a player that runs fast or slow is held within 25 ms", () => {
  for (const runs of [0.995, 0.9995, 1.0005, 1.005]) {
    const errors = run({ player: new Player({ runs }), changes: [[0, starts(500)]], until: 60_000 });
    assert.ok(worst(errors, 10_000) <= 0.025, `${runs}: ${worst(errors, 10_000)}`);
  }
});

test("inside twelve milliseconds the room's own rate is left alone", () => {
  const player = new Player({ startsIn: 30 });
  run({ player, changes: [[0, starts(500, { rate: 1.5 })]], until: 30_000 });
  assert.deepEqual([...new Set(player.rates.slice(-100))], [1.5]);
});

test("paused, everyone stands on the very position", () => {
  const player = new Player();
  const paused = { rev: 3, playing: false, position: 7.25, rate: 1, at: 8000 };
  run({ player, changes: [[0, starts(500)], [8000, paused]], until: 10_000 });
  assert.deepEqual([player.paused, player.position], [true, 7.25]);
});

test("a far player jumps once and then rests", () => {
  const player = new Player({ seeksIn: 300 });
  let jumps = 0;
  const take = player.take.bind(player);
  player.take = (actions, now) => { jumps += actions.filter((action) => action.do === "seek").length; take(actions, now); };
  run({ player, changes: [[0, starts(0)]], from: 30_000, until: 31_900 });
  assert.equal(jumps, 1);
});

test("nothing is nudged while seeking or short of data", () => {
  const line = starts(0);
  const at = { now: 5000, offset: 0, line };
  const base = { position: 4.9, paused: false, seeking: false, enough: true, duration: 600 };
  const memory = { ...freshMemory(), rev: 2, errors: [-0.1, -0.1, -0.1, -0.1] };
  assert.deepEqual(step(memory, { ...at, player: { ...base, seeking: true } }).actions, []);
  assert.deepEqual(step(memory, { ...at, player: { ...base, enough: false } }).actions, [{ do: "rate", to: 1 }]);
  assert.ok(step(memory, { ...at, player: base }).actions[0].to > 1);
});

test("the end of the film is the end", () => {
  const player = new Player({ duration: 5 });
  run({ player, changes: [[0, starts(500)]], until: 20_000 });
  assert.equal(player.paused, true);
  assert.ok(Math.abs(player.position - 5) <= TUNING.pausedWithin);
});

test("any history of play, pause, seek and rate ends with all players agreeing", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomFrom(seed);
    let now = 0;
    let line = { ...still };
    const changes = [[0, line]];
    for (let n = 0; n < 12; n++) {
      now += Math.round(random() * 40) * 100;
      const position = positionAt(line, now);
      const wish = Math.floor(random() * 4);
      const rev = line.rev + 1;
      if (wish === 0) line = { ...line, rev, playing: true, position, at: now + 400 };
      if (wish === 1) line = { ...line, rev, playing: false, position, at: now };
      if (wish === 2) line = { ...line, rev, position: random() * 100, at: line.playing ? now + 400 : now };
      if (wish === 3) line = { ...line, rev, position, rate: 0.75 + random(), at: Math.max(now, line.at) };
      changes.push([now, line]);
    }
    const players = [new Player(), new Player({ startsIn: 80, seeksIn: 350, runs: 1.001 }), new Player({ startsIn: 5, seeksIn: 20 })];
    const until = now + 12_000;
    const results = players.map((player) => run({ player, changes, until }));
    for (const [index, errors] of results.entries()) {
      assert.ok(worst(errors, until - 2000) <= 0.03, `seed ${seed} player ${index}: ${worst(errors, until - 2000)}`);
    }
  }
});
