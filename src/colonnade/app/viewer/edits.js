/**
 * What a person has changed by hand, as a list that can be taken back.
 *
 * A list is never changed: every step makes a new one. It holds at most one edit of a row, so that
 * its order says nothing but which of the added columns came first. A column that was added is
 * known by the number of rows plus its place among the added ones.
 *
 * @typedef {{op: "add", y: number, x: number, frame?: number}} Add  With its frame in a film.
 * @typedef {{op: "delete", row: number}} Delete
 * @typedef {{op: "move", row: number, y: number, x: number}} Move
 * @typedef {Add | Delete | Move} Edit
 *
 * @typedef {object} History
 * @property {readonly Edit[]} present
 * @property {readonly (readonly Edit[])[]} past what undo goes back to, last first to be taken
 * @property {readonly (readonly Edit[])[]} future what redo goes on to
 *
 * @typedef {object} Outcome
 * @property {Set<number>} deleted rows
 * @property {Map<number, {y: number, x: number}>} moved new positions by row
 * @property {{y: number, x: number, frame?: number}[]} added
 */

/**
 * A history that begins with a list.
 *
 * @param {readonly Edit[]} edits
 * @returns {History}
 */
export function begin(edits = []) {
  return { present: edits, past: [], future: [] };
}

/**
 * @param {History} history
 * @param {readonly Edit[]} edits
 * @returns {History}
 */
function step(history, edits) {
  return { present: edits, past: [...history.past, history.present], future: [] };
}

/**
 * Add a column.
 *
 * @param {History} history
 * @param {{y: number, x: number, frame?: number}} at
 * @returns {History}
 */
export function add(history, at) {
  return step(history, [...history.present, { op: "add", ...at }]);
}

/**
 * Delete columns in one step.
 *
 * @param {History} history
 * @param {number} rows how many the table has
 * @param {Iterable<number>} chosen rows, or numbers of added columns
 * @returns {History}
 */
export function remove(history, rows, chosen) {
  const gone = new Set(chosen);
  if (!gone.size) return history;
  let place = rows;
  const kept = history.present.filter((edit) => !gone.has(edit.op === "add" ? place++ : edit.row));
  /** @type {Delete[]} */
  const deletes = [...gone].filter((row) => row < rows).map((row) => ({ op: "delete", row }));
  return step(history, [...kept, ...deletes]);
}

/**
 * Move a column to a position.
 *
 * @param {History} history
 * @param {number} rows how many the table has
 * @param {number} row of the table, or number of an added column
 * @param {{y: number, x: number}} to
 * @returns {History}
 */
export function move(history, rows, row, to) {
  const { y, x } = to;
  if (row < rows) {
    const others = history.present.filter((edit) => edit.op === "add" || edit.row !== row);
    return step(history, [...others, { op: "move", row, y, x }]);
  }
  let place = rows;
  return step(
    history,
    history.present.map((edit) =>
      edit.op === "add" && place++ === row ? { ...edit, y, x } : edit,
    ),
  );
}

/**
 * The last two steps as one.
 *
 * @param {History} history
 * @returns {History}
 */
export function joined({ past, ...history }) {
  return { ...history, past: past.slice(0, -1) };
}

/**
 * Take the last step back; without one, nothing happens.
 *
 * @param {History} history
 * @returns {History}
 */
export function undo({ past, present, future }) {
  if (!past.length) return { past, present, future };
  const last = past[past.length - 1];
  return { past: past.slice(0, -1), present: last, future: [present, ...future] };
}

/**
 * Take the step again that was taken back; without one, nothing happens.
 *
 * @param {History} history
 * @returns {History}
 */
export function redo({ past, present, future }) {
  if (!future.length) return { past, present, future };
  const [next, ...rest] = future;
  return { past: [...past, present], present: next, future: rest };
}

/**
 * What a list comes to.
 *
 * @param {readonly Edit[]} edits
 * @returns {Outcome}
 */
export function outcome(edits) {
  /** @type {Outcome} */
  const result = { deleted: new Set(), moved: new Map(), added: [] };
  for (const edit of edits) {
    if (edit.op === "add") {
      const { op, ...at } = edit;
      result.added.push(at);
    } else if (edit.op === "delete") result.deleted.add(edit.row);
    else result.moved.set(edit.row, { y: edit.y, x: edit.x });
  }
  return result;
}
