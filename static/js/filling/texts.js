// The texts of the fields, typed by somebody or written by the script: they go into the outbox and into the history.

import { remember } from "./history.js";
import * as outbox from "./outbox.js";
import * as rows from "./rows.js";
import { tell } from "./telling.js";

// The field where the cursor stands, with its text as far as the history knows it.
let entered = null;
let composed = null;

// Writes into a field of the row as if it had been typed, and answers it; null where it is not there (any more).
export function write(key, name, text) {
  const row = rows.rowWithKey(key);
  const field = row && rows.fieldOf(row, name);
  if (field && field.value !== text) {
    rows.setText(field, text);
    outbox.changeText(row, name, text);
  }
  return field;
}

// Undoes a text that was written or typed: `after` becomes `before` again. What stands there otherwise by now, somebody
// else has written.
export function putBack(key, name, before, after) {
  const row = rows.rowWithKey(key);
  const field = row && rows.fieldOf(row, name);
  if (field?.value === after) return write(key, name, before);
  tell("该处内容此后有变动，未撤销。");
  return field;
}

// Whether something was typed that only the browser itself can undo.
export const isBeingTyped = () => Boolean(entered) && entered.text !== entered.field.value;

// What was typed so far is a step of its own, before something else is done.
export function finishTyping() {
  if (!isBeingTyped()) return;
  const { key } = rows.rowOf(entered.field).dataset;
  const name = rows.nameOf(entered.field);
  const before = entered.text;
  const after = entered.field.value;
  entered.text = after;
  remember("修改", () => putBack(key, name, before, after));
}

// Whether an input method composes a text in the row, which nothing but the field knows of yet.
export const isComposedIn = (row) => composed !== null && row.contains(composed);

function isCell(element) {
  const row = rows.rowOf(element);
  return row !== null && rows.fieldsOf(row).includes(element);
}

function record(field) {
  if (isCell(field)) outbox.changeText(rows.rowOf(field), rows.nameOf(field), field.value);
}

const shownText = (field) =>
  field.options ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value : field.defaultValue;

// A row that was sent without the script and that the server could not store as it is.
const wasNotStored = (row) => row.querySelector(".trouble") && !row.querySelector("[data-choose]");

// What somebody has typed before the script was there, as fields with their texts.
export const typedEarly = () =>
  [...rows.form().querySelectorAll("[data-row]")]
    .flatMap((row) => rows.fieldsOf(row).filter((field) => wasNotStored(row) || field.value !== shownText(field)))
    .map((field) => ({ field, text: field.value }));

// Takes such a text for typed now.
export function recordEarly({ field, text }) {
  rows.setText(field, text);
  record(field);
}

export function start() {
  // While an input method composes, the text is not what is meant yet.
  document.addEventListener("input", (event) => !event.isComposing && record(event.target));
  document.addEventListener("compositionstart", (event) => {
    composed = event.target;
  });
  document.addEventListener("compositionend", (event) => {
    composed = null;
    record(event.target);
  });
  document.addEventListener("focusin", ({ target }) => {
    entered = isCell(target) ? { field: target, text: target.value } : null;
  });
  document.addEventListener("change", ({ target }) => entered?.field === target && finishTyping());
  document.addEventListener("written", ({ target }) => {
    if (entered?.field === target) entered.text = target.value;
  });
}
