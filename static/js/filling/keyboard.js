// The form worked by keyboard, as a spreadsheet is.

import * as actions from "./actions.js";
import * as caret from "./caret.js";
import { undo } from "./history.js";
import { isReadOnly } from "./read-only.js";
import * as rows from "./rows.js";
import { isBeingTyped } from "./texts.js";

// Phones have no Alt key: there, Enter is what breaks a line.
const touch = matchMedia("(hover: none) and (pointer: coarse)");

function goTo(field) {
  field?.focus();
  field?.select?.();
  return true;
}

// The next field of the row in the direction of `step`, which is 1 or -1.
function beside(field, step) {
  const fields = rows.fieldsOf(rows.rowOf(field));
  return fields[fields.indexOf(field) + step];
}

// The next field of the column; the texts of the template, which cannot be typed into, are passed over. The figures of
// the budget stand in one column.
function below(field, step) {
  const row = rows.rowOf(field);
  if (rows.sectionOf(row) === "budget") return beside(field, step);
  const all = rows.rowsIn(rows.listOf(row));
  const index = all.indexOf(row);
  const further = step > 0 ? all.slice(index + 1) : all.slice(0, index).reverse();
  return further.map((other) => rows.fieldOf(other, rows.nameOf(field))).find(Boolean);
}

function breakLine(field) {
  // Not by writing into the field: the browser itself can undo this.
  if (rows.isOfSeveralLines(field)) document.execCommand("insertText", false, "\n");
  return true;
}

// Each answers whether the key is not to do what it does otherwise.
const IN_FIELD = {
  Enter: (field) => !(touch.matches && rows.isOfSeveralLines(field)) && goTo(below(field, 1)),
  "Shift+Enter": (field) => goTo(below(field, -1)),
  "Alt+Enter": breakLine,
  // In a list of choices, up and down choose.
  ArrowUp: (field) => !caret.isChoice(field) && caret.isOnFirstLine(field) && goTo(below(field, -1)),
  ArrowDown: (field) => !caret.isChoice(field) && caret.isOnLastLine(field) && goTo(below(field, 1)),
  ArrowLeft: (field) => caret.isAtStart(field) && !caret.hasSelection(field) && goTo(beside(field, -1)),
  ArrowRight: (field) => caret.isAtEnd(field) && !caret.hasSelection(field) && goTo(beside(field, 1)),
};

function move(row, offset) {
  if (row.querySelector(".row-actions")) actions.moveRow(row, offset);
  return true;
}

function addBehind(row) {
  if (!row.closest("[data-rows]")?.querySelector("[data-add]")) return true;
  rows.focusOn(actions.addRow(rows.listOf(row), rows.isOwn(row) ? row : null));
  return true;
}

const IN_ROW = {
  "Ctrl+Enter": addBehind,
  "Alt+ArrowUp": (row) => move(row, -1),
  "Alt+ArrowDown": (row) => move(row, 1),
};

const ANYWHERE = {
  "Ctrl+s": () => {
    rows.form().querySelector("[name=action][value=save]").click();
    return true;
  },
  "Ctrl+z": () => {
    if (isBeingTyped()) return false;
    undo();
    return true;
  },
};

const names = ({ ctrlKey, altKey, shiftKey, key }) =>
  [ctrlKey && "Ctrl", altKey && "Alt", shiftKey && "Shift", key.length === 1 ? key.toLowerCase() : key]
    .filter(Boolean)
    .join("+");

function act(event) {
  const { target } = event;
  const name = names(event);
  const row = rows.rowOf(target);
  if (ANYWHERE[name]) return isReadOnly() || ANYWHERE[name]();
  if (row && IN_ROW[name]) return isReadOnly() || IN_ROW[name](row);
  return row && IN_FIELD[name] && rows.fieldsOf(row).includes(target) ? IN_FIELD[name](target) : false;
}

export function start() {
  document.getElementById("keys")?.removeAttribute("hidden");
  document.addEventListener("keydown", (event) => {
    // While an input method composes, its keys are its own. Some browsers say so by the number only.
    if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
    if (act(event)) event.preventDefault();
  });
  // After Tab, browsers leave a field where it stands below the head or the foot of the form.
  document.addEventListener("keyup", ({ key, target }) => {
    if (key === "Tab" && rows.rowOf(target)) target.scrollIntoView({ block: "nearest" });
  });
}
