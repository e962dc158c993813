/** A function that acts at once, and of many calls within `every` milliseconds once more, for the last of them. */
export function paced(act, every) {
  let last = -Infinity;
  let waiting = null;
  function run() {
    const given = waiting;
    waiting = null;
    last = performance.now();
    act(...given);
  }
  return (...given) => {
    const isFirst = waiting === null;
    waiting = given;
    if (isFirst) setTimeout(run, Math.max(0, last + every - performance.now()));
  };
}
