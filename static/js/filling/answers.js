// Shows what the server answered: troubles at their rows, findings at their places, who else is here.

import * as outbox from "./outbox.js";
import * as rows from "./rows.js";
import { showMessage } from "./save-state.js";

const lastNotes = new Map();
const postponed = new Map();

// Tells screen readers which notes and troubles belong to which field.
function refer(row) {
  const about = new Map();
  for (const note of row.querySelectorAll("[data-cell]")) {
    const invalid = "errors" in note.dataset || note.closest("[data-trouble]");
    const known = about.get(note.dataset.cell) ?? { ids: [], invalid: false };
    about.set(note.dataset.cell, { ids: [...known.ids, note.id], invalid: known.invalid || Boolean(invalid) });
  }
  for (const field of rows.fieldsOf(row)) {
    const known = about.get(field.id);
    if (known) field.setAttribute("aria-describedby", known.ids.join(" "));
    else field.removeAttribute("aria-describedby");
    if (known?.invalid) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

// Shows the HTML that says why something in the row is not stored; takes it away where there is none.
export function showTrouble(row, html) {
  const place = row.querySelector("[data-trouble]");
  if (!place || (!html && !place.childElementCount)) return;
  place.innerHTML = html;
  row.classList.toggle("row-in-trouble", Boolean(html));
  refer(row);
}

const errorNote = (text) =>
  Object.assign(document.createElement("p"), { className: "note note-error", textContent: text }).outerHTML;

// Rows that came from last year are marked until somebody has changed or confirmed them.
export function takeOffMark(row) {
  row.querySelector("[data-unconfirmed]")?.remove();
  delete row.dataset.origin;
  const all = document.querySelector("[data-confirm-all]");
  if (!all) return;
  const count = rows.form().querySelectorAll("[data-unconfirmed]").length;
  if (count) all.querySelector("[data-unconfirmed-count]").textContent = count;
  else all.remove();
}

function showResult(entry, result) {
  const row = rows.rowWithKey(entry.key);
  if (!row) {
    if (entry.blocked) showMessage(`“${entry.label}”中有内容未能保存。`, { href: entry.url, text: "前往处理" });
    return;
  }
  if (result.version && result.state === "stored") {
    if (!result.unconfirmed) takeOffMark(row);
    row.dataset.version = result.version;
    const hidden = row.querySelector(`[name$="version"]`);
    if (hidden) hidden.value = result.version;
  }
  for (const [name, text] of Object.entries((result.state === "stored" && result.texts) || {})) {
    const field = rows.fieldOf(row, name);
    if (field && field !== document.activeElement && !outbox.entryOf(entry.key)?.texts[name]) rows.setText(field, text);
  }
  const refusal = result.state === "refused" ? errorNote(result.message) : "";
  showTrouble(row, result.trouble || refusal);
}

function showNotes(box, html) {
  if (lastNotes.get(box) === html) return;
  lastNotes.set(box, html);
  box.innerHTML = html;
  const row = rows.rowOf(box);
  if (row) refer(row);
}

// Replaces the parts of the page that say what the checks found. `notes` holds the HTML of the boxes that are not empty.
function showFindings({ sections, findings, notes }) {
  document.getElementById("sections").outerHTML = sections;
  const open = document.querySelector("#section-findings details")?.open;
  document.getElementById("section-findings").outerHTML = findings;
  const details = document.querySelector("#section-findings details");
  if (details && open) details.open = true;
  for (const box of rows.form().querySelectorAll("[data-notes]")) {
    const html = notes[box.dataset.notes] ?? "";
    const row = rows.rowOf(box);
    // Whoever has just begun a row need not be told yet what is missing in it. The budget has a box for each amount, and
    // no amount waits for the others.
    const isBegun = row && rows.sectionOf(row) !== "budget" && row.contains(document.activeElement);
    if (html && !box.childElementCount && isBegun) postponed.set(row, [box, html]);
    else {
      postponed.delete(row);
      showNotes(box, html);
    }
  }
}

// Says at the rows what came of these entries.
export function showResults(answer, batch) {
  for (const entry of batch) if (answer.rows[entry.key]) showResult(entry, answer.rows[entry.key]);
}

export function showAnswer(answer, batch) {
  document.getElementById("others").innerHTML = answer.others.trim();
  if (answer.refusal) return;
  showResults(answer, batch);
  if (answer.sections) showFindings(answer);
}

function showPostponed(row) {
  if (!postponed.has(row)) return;
  showNotes(...postponed.get(row));
  postponed.delete(row);
}

export function start() {
  let isPressed = false;
  document.addEventListener("pointerdown", () => (isPressed = true), true);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (isPressed = false), true);
  document.addEventListener("focusout", (event) => {
    const row = rows.rowOf(event.target);
    if (!postponed.has(row) || row.contains(event.relatedTarget)) return;
    // Notes make the page longer: not while a button is pressed, which would move from under the mouse.
    if (isPressed) document.addEventListener("pointerup", () => setTimeout(showPostponed, 0, row), { once: true });
    else showPostponed(row);
  });
  // In a conflict, what is typed on stands beside what the other wrote.
  document.addEventListener("input", (event) => {
    const mine = rows.rowOf(event.target)?.querySelector(`[data-mine="${rows.nameOf(event.target)}"]`);
    if (mine) mine.textContent = event.target.selectedOptions?.[0]?.textContent ?? event.target.value;
  });
}
