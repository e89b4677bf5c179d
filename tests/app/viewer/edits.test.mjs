import assert from "node:assert/strict";
import { test } from "node:test";
import { add, begin, joined, move, outcome, redo, remove, undo } from "../../../src/colonnade/app/viewer/edits.js";

const ROWS = 5;
const at = (y, x) => ({ y, x });

test("a row has at most one edit, the last", () => {
  let history = move(begin(), ROWS, 2, at(1, 1));
  history = move(history, ROWS, 2, at(3, 4));
  assert.deepEqual(history.present, [{ op: "move", row: 2, y: 3, x: 4 }]);
  history = remove(history, ROWS, [2]);
  assert.deepEqual(history.present, [{ op: "delete", row: 2 }]);
});

test("an added column is moved and deleted in its own entry", () => {
  let history = add(add(add(begin(), at(1, 1)), at(2, 2)), at(3, 3));
  history = move(history, ROWS, ROWS + 1, at(9, 9));
  assert.deepEqual(outcome(history.present).added, [at(1, 1), at(9, 9), at(3, 3)]);
  history = remove(history, ROWS, [ROWS, ROWS + 2, 4]);
  assert.deepEqual(outcome(history.present).added, [at(9, 9)]);
  assert.deepEqual([...outcome(history.present).deleted], [4]);
});

test("many deletions are one step", () => {
  const history = remove(begin(), ROWS, [0, 1, 3]);
  assert.equal(history.present.length, 3);
  assert.deepEqual(undo(history).present, []);
});

test("undo takes back every step in turn, redo brings each again", () => {
  const states = [begin([{ op: "delete", row: 1 }])];
  states.push(add(states[0], at(0.5, 0.25)));
  states.push(move(states[1], ROWS, 0, at(7, 7)));
  states.push(remove(states[2], ROWS, [ROWS]));
  let history = states[3];
  for (const earlier of states.slice(0, 3).reverse()) {
    history = undo(history);
    assert.deepEqual(history.present, earlier.present);
  }
  assert.deepEqual(undo(history), history);
  for (const later of states.slice(1)) {
    history = redo(history);
    assert.deepEqual(history.present, later.present);
  }
  assert.deepEqual(redo(history), history);
});

test("a new step forgets what was taken back", () => {
  const history = add(undo(add(begin(), at(1, 1))), at(2, 2));
  assert.deepEqual(redo(history).present, [{ op: "add", y: 2, x: 2 }]);
});

test("two steps that are joined are taken back together", () => {
  const first = move(begin(), ROWS, 1, at(2, 2));
  const nudged = joined(move(move(first, ROWS, 1, at(2, 3)), ROWS, 1, at(2, 4)));
  assert.deepEqual(nudged.present, [{ op: "move", row: 1, y: 2, x: 4 }]);
  assert.deepEqual(undo(nudged).present, first.present);
  assert.deepEqual(undo(undo(nudged)).present, []);
});
