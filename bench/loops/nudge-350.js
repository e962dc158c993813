// A loop as some players have it: four per cent faster or slower beyond 350 ms, a jump beyond three seconds.
export { clockOf, freshMemory, positionAt } from "./sync-control-own.js";
import { positionAt } from "./sync-control-own.js";

export function step(memory, { now, offset, line, player }) {
  const target = positionAt(line, now + offset, player.duration);
  const error = player.position - target;
  const actions = [];
  if (player.paused === line.playing && now + offset >= line.at) actions.push({ do: line.playing ? "play" : "pause" });
  if (player.seeking) return { memory, actions, error: null };
  const moved = memory.rev !== line.rev && line.reason === "seek";
  if (Math.abs(error) > 3 || (moved && Math.abs(error) > 0.35)) actions.push({ do: "seek", to: target });
  actions.push({ do: "rate", to: line.rate * (Math.abs(error) <= 0.35 ? 1 : error > 0 ? 0.96 : 1.04) });
  return { memory: { ...memory, rev: line.rev }, actions, error };
}
