// How a player keeps in step with its room. No clock, no video and no network in here: everything is handed in and
// what to do is handed back, so that all of it can be tested in virtual time. Times are milliseconds, positions seconds.

export const TUNING = {
  pings: 8, // the offset is that of the quickest of so many
  window: 5, // the error is the median of so many
  seekBeyond: 1, // seconds off: jump
  restAfterSeek: 2000,
  far: { beyond: 0.1, gain: 0.8, most: 0.15 },
  near: { beyond: 0.012, gain: 0.5, most: 0.05 },
  settledWithin: 0.003, // a nudge begins beyond 12 ms, and after a start or a jump anyhow, and is carried through to here
  pausedWithin: 0.015, // stands on the same frame
  longestLead: 1.5,
};

/** The server's clock minus ours, and the round trip, from NTP's four stamps of the quickest ping. */
export function clockOf(pings) {
  let best = null;
  for (const { t0, t1, t2, t3 } of pings.slice(-TUNING.pings)) {
    const rtt = t3 - t0 - (t2 - t1);
    if (best === null || rtt < best.rtt) best = { rtt, offset: (t1 - t0 + (t2 - t3)) / 2 };
  }
  return best;
}

/** Where the film is at a moment of the server's clock. */
export function positionAt(line, at, duration = Infinity) {
  const position = line.playing && at > line.at ? line.position + ((at - line.at) / 1000) * line.rate : line.position;
  return Math.min(position, duration);
}

export function freshMemory() {
  return { errors: [], restUntil: 0, seekLead: 0.05, startLead: 0.03, learning: null, nudging: true, rev: -1 };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1];
}

function clamp(value, most) {
  return Math.max(-most, Math.min(most, value));
}

function nudge(memory, error, rate) {
  const off = Math.abs(error);
  if (off > TUNING.far.beyond) return [true, rate * (1 - clamp(TUNING.far.gain * error, TUNING.far.most))];
  const carriesOn = memory.nudging && off > TUNING.settledWithin;
  if (off > TUNING.near.beyond || carriesOn) return [true, rate * (1 - clamp(TUNING.near.gain * error, TUNING.near.most))];
  return [false, rate];
}

/** What a first clean error after a jump or a start teaches about how late such things come off. */
function learn(memory, error) {
  if (memory.learning === null) return memory;
  const lead = Math.max(0, Math.min(TUNING.longestLead, memory[memory.learning] - 0.6 * error));
  return { ...memory, [memory.learning]: lead, learning: null };
}

function standing(memory, line, player, ahead) {
  const quiet = { ...memory, errors: [], nudging: true };
  const actions = [];
  if (!player.paused) actions.push({ do: "pause" });
  const target = Math.min(line.position, player.duration);
  if (!player.seeking && Math.abs(player.position - target) > TUNING.pausedWithin) actions.push({ do: "seek", to: target });
  if (ahead !== null) actions.push({ do: "playIn", ms: Math.max(0, ahead - memory.startLead * 1000) });
  return { memory: { ...quiet, learning: ahead === null ? null : "startLead" }, actions };
}

function jump(memory, now, target, player) {
  const to = Math.min(Math.max(0, target + memory.seekLead), player.duration);
  const next = { ...memory, errors: [], nudging: true, restUntil: now + TUNING.restAfterSeek, learning: "seekLead" };
  return { memory: next, actions: [{ do: "rate", to: player.roomRate }, { do: "seek", to }] };
}

/**
 * One step, ten times a second and on every change. `now` is our clock, `offset` the server's minus ours, `line` the
 * room's last state, `player` { position, paused, seeking, enough, canReach, duration } as the video tells.
 * Answers { memory, actions, error }: actions are { do: "play" | "pause" | "seek" | "rate" | "playIn", … }.
 */
export function step(memory, { now, offset, line, player }) {
  const serverNow = now + offset;
  const fresh = line.rev === memory.rev ? memory : { ...memory, rev: line.rev, errors: [], restUntil: 0, nudging: true };
  const target = positionAt(line, serverNow, player.duration);
  if (!line.playing || target >= player.duration) return { ...standing(fresh, { ...line, position: target }, player, null), error: null };
  const ahead = line.at - serverNow;
  if (ahead > fresh.startLead * 1000) return { ...standing(fresh, line, player, ahead), error: null };
  const here = { ...player, roomRate: line.rate };
  const error = player.position - target;
  if (player.seeking) return { memory: { ...fresh, errors: [] }, actions: [], error: null };
  if (player.paused) {
    // Too late for the room's start, or stopped by itself: go on from where the room is.
    if (Math.abs(error) <= TUNING.seekBeyond) return { memory: { ...fresh, errors: [] }, actions: [{ do: "play" }], error };
    const jumped = jump(fresh, now, target, here);
    return { memory: jumped.memory, actions: [...jumped.actions, { do: "play" }], error };
  }
  if (!player.enough) return { memory: { ...fresh, errors: [] }, actions: [{ do: "rate", to: line.rate }], error: null };
  return steer({ ...fresh, errors: [...fresh.errors, error].slice(-TUNING.window) }, { now, line, player: here, target });
}

function steer(memory, { now, line, player, target }) {
  if (memory.errors.length < 3) return { memory, actions: [], error: memory.errors.at(-1) };
  const error = median(memory.errors);
  if (Math.abs(error) > TUNING.seekBeyond) {
    if (now < memory.restUntil) return { memory, actions: [], error };
    return { ...jump(learn(memory, error), now, target, player), error };
  }
  const taught = memory.errors.length >= TUNING.window ? learn(memory, error) : memory;
  const [nudging, to] = nudge(taught, error, line.rate);
  return { memory: { ...taught, nudging }, actions: [{ do: "rate", to }], error };
}
