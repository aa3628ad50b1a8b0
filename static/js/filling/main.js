// The form at work: what is typed is saved without a click, rows come, go and move without a new page.

import { csrfToken } from "../csrf.js";
import * as actions from "./actions.js";
import * as answers from "./answers.js";
import * as clipboard from "./clipboard.js";
import * as exchange from "./exchange.js";
import * as growing from "./growing.js";
import { undo } from "./history.js";
import * as keyboard from "./keyboard.js";
import * as leaving from "./leaving.js";
import * as outbox from "./outbox.js";
import { setReadOnly } from "./read-only.js";
import { refresh } from "./refresh.js";
import * as rows from "./rows.js";
import { hideSummary, showSummary } from "./summary.js";
import * as texts from "./texts.js";

texts.start();
keyboard.start();
clipboard.start();

document.getElementById("undo").addEventListener("click", undo);

rows.form().addEventListener("submit", (event) => {
  const { submitter } = event;
  // A conflict that arose without the script is settled without it.
  if (submitter.dataset.choose && !outbox.entryOf(rows.rowOf(submitter).dataset.key)) return;
  event.preventDefault();
  press(submitter);
});

async function press(button) {
  const [action, argument] = button.value.split(":");
  const row = rows.rowWithKey(argument) ?? rows.rowOf(button);
  if (button.dataset.choose) actions.choose(rows.rowOf(button), button.dataset.choose);
  else if (action === "save") save();
  else if (action === "next") goOn();
  else if (action === "add") rows.focusOn(actions.addRow(button.closest("[data-rows]").querySelector("[data-list]")));
  else if (action === "up") actions.moveRow(row, -1);
  else if (action === "down") actions.moveRow(row, 1);
  else if (action === "delete") actions.removeRow(row);
  else askServer(button.value);
}

// Stores all there is, or says what cannot be stored; answers whether all is.
async function save() {
  const stored = await exchange.flush();
  if (!stored) showSummary();
  return stored;
}

async function goOn() {
  if (!(await save())) return;
  const here = document.querySelector("#sections [aria-current]").closest("li");
  location.href = here.nextElementSibling.querySelector("a").href;
}

// Before signing out.
document.addEventListener("leaving", (event) => event.detail.waitFor(exchange.flush()));

// What only the server can do: everything is stored first, then the form shows what came of it.
async function askServer(action) {
  if (!(await save())) return;
  // Which rows are there, and of which versions; their texts are stored.
  const data = new FormData();
  for (const { name, value } of rows.form().querySelectorAll("input[type=hidden]")) data.append(name, value);
  data.set("csrfmiddlewaretoken", csrfToken());
  data.set("action", action);
  await fetch(rows.form().getAttribute("action"), { method: "POST", body: data });
  await refresh();
}

// Rows as they were typed before the page was closed, the browser ended or the session was over.
function showAgain(entry) {
  if (entry.url !== rows.form().getAttribute("action")) return;
  const { sent } = entry;
  let row = rows.rowWithKey(entry.key);
  const deleted = entry.deleted || (sent?.deleted && !entry.created);
  if (deleted) {
    if (row) rows.takeOut(row);
    return;
  }
  const place = [entry, sent].find((part) => part?.placed);
  const after = place ? rows.rowWithKey(place.after) : null;
  const list = entry.section === "budget" ? null : rows.listFor(entry.section, entry.group);
  if (!row) {
    if (!list) return;
    row = rows.blankRow(list, entry.key);
    rows.insertRow(list, row, after ?? rows.rowsIn(list).at(-1) ?? null);
  } else if (after || place?.after === null) {
    rows.insertRow(list, row, after);
  }
  for (const [name, text] of Object.entries({ ...sent?.texts, ...entry.texts })) {
    const field = rows.fieldOf(row, name);
    if (field) rows.setText(field, text);
  }
}

async function start() {
  const early = texts.typedEarly();
  for (const entry of await outbox.adopt()) showAgain(entry);
  early.forEach(texts.recordEarly);
  exchange.whenAnswered(answers.showAnswer);
  exchange.whenAnswered(hideSummary);
  exchange.whenAnswered(async (answer, batch) => {
    const refused = batch.filter((entry) => answer.rows[entry.key]?.state === "refused");
    if (answer.stale || refused.length) await refresh();
    // A row that could not be deleted is in the page again.
    answers.showResults(answer, refused);
  });
  exchange.whenAnswered((answer) => setReadOnly(Boolean(answer.readOnly)));
  answers.start();
  leaving.start();
  growing.start();
  exchange.start();
  const row = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
  if (row) rows.focusOn(row);
}

start();
