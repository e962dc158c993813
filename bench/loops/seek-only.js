// A loop as many players have it: nothing but a jump where someone is more than a second off.
export { clockOf, freshMemory, positionAt } from "./sync-control-own.js";
import { positionAt } from "./sync-control-own.js";

export function step(memory, { now, offset, line, player }) {
  const target = positionAt(line, now + offset, player.duration);
  const error = player.position - target;
  const actions = [];
  if (player.paused === line.playing && now + offset >= line.at) actions.push({ do: line.playing ? "play" : "pause" });
  if (player.seeking) return { memory, actions, error: null };
  const moved = memory.rev !== line.rev && line.reason === "seek";
  if (Math.abs(error) > 1 || (moved && Math.abs(error) > 0.1)) actions.push({ do: "seek", to: target });
  return { memory: { ...memory, rev: line.rev }, actions, error };
}
