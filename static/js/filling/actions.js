// What somebody does in the form: each action changes the page at once, goes into the outbox and can be undone.
//
// A step is undone by the keys of its rows: their elements may be others by then.

import { newKey } from "../tabs.js";
import { remember } from "./history.js";
import * as outbox from "./outbox.js";
import * as rows from "./rows.js";
import { finishTyping, write } from "./texts.js";

const keyOf = (row) => row?.dataset.key ?? null;

// `texts` by name; fields that cannot be typed into are left alone.
export function setTexts(row, texts) {
  finishTyping();
  const key = keyOf(row);
  const before = rows.textsOf(row);
  const changed = Object.keys(texts).filter((name) => name in before && before[name] !== texts[name]);
  if (!changed.length) return;
  for (const name of changed) write(key, name, texts[name]);
  remember("修改", () => changed.map((name) => write(key, name, before[name]))[0]);
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

// Answers where the cursor goes then: to the row that follows.
function discard(row) {
  const list = rows.listOf(row);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  rows.takeOut(row);
  outbox.deleteRow(row);
  return (next && rows.fieldsOf(next)[0]) ?? list.closest("[data-rows]").querySelector("[data-add]");
}

export function removeRow(row) {
  finishTyping();
  const list = rows.listOf(row);
  const before = keyOf(rows.ownRowBefore(row));
  const texts = rows.textsOf(row);
  discard(row)?.focus();
  remember("删除一行", () => {
    if (rows.rowWithKey(keyOf(row))) return null;
    rows.insertRow(list, row, rows.rowWithKey(before));
    outbox.restoreRow(row, texts);
    return rows.fieldsOf(row)[0];
  });
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
