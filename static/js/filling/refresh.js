// Takes over what somebody else has changed: the page is fetched anew, and the rows that nobody here has touched follow.

import { takeOffMark } from "./answers.js";
import * as outbox from "./outbox.js";
import * as rows from "./rows.js";
import { isComposedIn } from "./texts.js";

// The versions of the rows that nobody here had touched when the page was asked for. What has got another version since
// is newer than the page that comes.
let known = new Map();

const allRows = () => [...rows.form().querySelectorAll("[data-row]")];

const isTouched = (row) => Boolean(outbox.entryOf(row.dataset.key)) || isComposedIn(row);

const follows = (row) => !isTouched(row) && known.get(row.dataset.key) === row.dataset.version;

export async function refresh() {
  let fetched;
  known = new Map(allRows().filter((row) => !isTouched(row)).map((row) => [row.dataset.key, row.dataset.version]));
  try {
    const response = await fetch(rows.form().getAttribute("action"), { headers: { "X-Background": "yes" } });
    if (!response.ok || response.redirected) return;
    fetched = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return; // The next answer says again that there is something new.
  }
  const there = fetched.getElementById("section-form");
  if (!there) return;
  for (const place of there.querySelectorAll("[data-rows]")) mergeRows(place);
  const budget = there.querySelector('[data-row="budget"]');
  if (budget) mergeRow(document.querySelector('[data-row="budget"]'), budget);
  for (const selector of ["#sections", "#section-findings"]) {
    document.querySelector(selector).replaceWith(document.importNode(fetched.querySelector(selector), true));
  }
  rows.form().dataset.seen = there.dataset.seen;
}

function mergeRows(place) {
  const { rows: section, group } = place.dataset;
  const list = rows.listFor(section, group);
  if (!list) return;
  const theirs = rows.rowsIn(place.querySelector("[data-list]"));
  const keys = new Set(theirs.map((row) => row.dataset.key));
  for (const row of rows.rowsIn(list)) if (!keys.has(row.dataset.key) && follows(row)) row.remove();
  for (const row of theirs) {
    const { key } = row.dataset;
    const mine = rows.rowWithKey(key);
    if (mine) mergeRow(mine, row);
    else if (!outbox.entryOf(key)) list.append(document.importNode(row, true));
  }
  const isPlaced = rows.rowsIn(list).some((row) => outbox.entryOf(row.dataset.key)?.placed);
  const order = theirs.map((row) => rows.rowWithKey(row.dataset.key)).filter(Boolean);
  // A row that only this page has stays where it is.
  const shared = () => rows.rowsIn(list).filter((row) => keys.has(row.dataset.key));
  // Moving an element takes the focus from it: only where the order is another one.
  if (!isPlaced && order.some((row, index) => shared()[index] !== row)) {
    const focused = document.activeElement;
    for (const [index, row] of order.entries()) {
      const there = shared()[index];
      if (there !== row) there.before(row);
    }
    if (list.contains(focused)) focused.focus();
  }
  rows.renumber(list);
}

function mergeRow(mine, theirs) {
  if (!theirs.querySelector("[data-unconfirmed]")) takeOffMark(mine);
  if (!follows(mine) || mine.dataset.version === theirs.dataset.version) return;
  if (!mine.contains(document.activeElement)) {
    mine.replaceWith(document.importNode(theirs, true));
    return;
  }
  mine.dataset.version = theirs.dataset.version;
  for (const field of rows.fieldsOf(mine)) {
    const text = rows.fieldOf(theirs, rows.nameOf(field))?.value;
    if (text !== undefined) rows.setText(field, text);
  }
}
