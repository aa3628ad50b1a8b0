// What somebody does in the form: each action changes the page at once, goes into the outbox and can be undone.
//
// A step is undone by the keys of its rows: their elements may be others by then.

import { newKey } from "../tabs.js";
import { showTrouble } from "./answers.js";
import { remember } from "./history.js";
import * as outbox from "./outbox.js";
import * as rows from "./rows.js";
import { finishTyping, putBack, write } from "./texts.js";

const keyOf = (row) => row?.dataset.key ?? null;

// `texts` by name; fields that cannot be typed into are left alone.
export function setTexts(row, texts) {
  finishTyping();
  const key = keyOf(row);
  const before = rows.textsOf(row);
  const changed = Object.keys(texts).filter((name) => name in before && before[name] !== texts[name]);
  if (!changed.length) return;
  for (const name of changed) write(key, name, texts[name]);
  remember("修改", () => changed.map((name) => putBack(key, name, before[name], texts[name]))[0]);
}

// A new row behind `after`, by default the last one of the list; answers it.
export function addRow(list, after = rows.rowsIn(list).at(-1) ?? null, texts = {}) {
  finishTyping();
  const key = newKey();
  const row = rows.blankRow(list, key);
  rows.insertRow(list, row, after);
  outbox.createRow(row);
  for (const [name, text] of Object.entries(texts)) write(key, name, text);
  remember("增加一行", () => {
    const added = rows.rowWithKey(key);
    return added && discard(added);
  });
  return row;
}

// Where the cursor goes when the row is gone: to the one that follows.
function focusAfter(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  return (next && rows.fieldsOf(next)[0]) ?? row.closest("[data-rows]").querySelector("[data-add]");
}

// Answers where the cursor goes then.
function discard(row) {
  const next = focusAfter(row);
  rows.takeOut(row);
  outbox.deleteRow(row);
  return next;
}

export function removeRow(row) {
  finishTyping();
  const list = rows.listOf(row);
  const before = keyOf(rows.ownRowBefore(row));
  const texts = rows.textsOf(row);
  discard(row)?.focus();
  remember("删除一行", () => bringBack(row, list, before, texts));
}

// A row that is not in the page any more stands behind the row with the key `before` again. Answers its first field.
function bringBack(row, list, before, texts) {
  if (rows.rowWithKey(keyOf(row))) return null;
  rows.insertRow(list, row, rows.rowWithKey(before));
  outbox.restoreRow(row, texts);
  return rows.fieldsOf(row)[0];
}

// Answers where the cursor goes then: it stays with the row.
function place(row, after) {
  const focused = document.activeElement;
  rows.insertRow(rows.listOf(row), row, after);
  outbox.placeRow(row);
  return row.contains(focused) ? focused : rows.fieldsOf(row)[0];
}

// Moves the row up (`offset` -1) or down (+1) among the own rows of its list.
export function moveRow(row, offset) {
  const own = rows.rowsIn(rows.listOf(row)).filter(rows.isOwn);
  const index = own.indexOf(row);
  if (index < 0 || !own[index + offset]) return;
  finishTyping();
  const key = keyOf(row);
  const before = keyOf(own[index - 1]);
  place(row, own[offset < 0 ? index - 2 : index + 1] ?? null).focus();
  remember(offset < 0 ? "上移" : "下移", () => {
    const moved = rows.rowWithKey(key);
    return moved && place(moved, rows.rowWithKey(before));
  });
}

// Somebody chooses, in a conflict, between his own texts and what somebody else has made of the row: `choice` is "mine"
// or "theirs".
export function choose(row, choice) {
  finishTyping();
  const { theirs } = outbox.entryOf(keyOf(row));
  (theirs.texts ? chooseTexts : chooseWhetherThere)(row, choice);
}

function chooseTexts(row, choice) {
  const key = keyOf(row);
  const { theirs, texts: mine } = outbox.entryOf(key);
  const names = Object.keys(mine).filter((name) => rows.fieldOf(row, name));
  const [chosen, left] = choice === "mine" ? [mine, theirs.texts] : [theirs.texts, mine];
  if (choice === "mine") outbox.insist(key);
  else outbox.giveUp(key);
  for (const [name, text] of Object.entries({ ...theirs.texts, ...chosen })) {
    const field = rows.fieldOf(row, name);
    if (field) rows.setText(field, text);
  }
  row.dataset.version = theirs.version;
  showTrouble(row, "");
  remember("选择", () => names.map((name) => putBack(key, name, left[name], chosen[name]))[0]);
  rows.fieldOf(row, names[0])?.focus();
}

// The other has deleted the row.
function chooseWhetherThere(row, choice) {
  const key = keyOf(row);
  const texts = rows.textsOf(row);
  outbox.giveUp(key);
  showTrouble(row, "");
  if (choice === "mine") {
    outbox.restoreRow(row, texts);
    rows.fieldsOf(row)[0].focus();
    remember("选择", () => {
      const restored = rows.rowWithKey(key);
      return restored && discard(restored);
    });
    return;
  }
  const list = rows.listOf(row);
  const before = keyOf(rows.ownRowBefore(row));
  focusAfter(row)?.focus();
  rows.takeOut(row);
  remember("选择", () => bringBack(row, list, before, texts));
}
