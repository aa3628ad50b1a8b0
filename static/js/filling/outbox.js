// What was changed and is not confirmed by the server: one entry for each row, kept in the stash until confirmed.
//
// `texts`, `created`, `deleted` and `placed` are what was done since the last request; `sent` is what the last request
// carried, until its answer comes. A request whose answer was lost is sent again as it was: the server may have stored
// it, and takes the same texts twice without harm, but would take later ones for somebody else's change.
//
// `blocked` says why the entry is not sent until somebody does something: "conflict", "refused" or "rejected".

import * as stash from "../stash.js";
import { openTabs, tab } from "../tabs.js";
import { form, groupOf, listFor, ownRowBefore, rowsIn, sectionOf } from "./rows.js";

const KEEP_EVERY = 150;

const entries = new Map();
let onChange = () => {};

// The keys of the entries that the stash does not hold as they are.
const unkept = new Set();
let keepTimer = null;
let keptAt = 0;
let keeping = Promise.resolve();
let stashWorks = true;

// `listener()` is called whenever there is something new to send.
export function whenChanged(listener) {
  onChange = listener;
}

export const entryOf = (key) => entries.get(key) ?? null;

export const allEntries = () => [...entries.values()];

export const isEmpty = () => entries.size === 0;

// Whether something can be sent now.
export const isWaiting = () => allEntries().some((entry) => !entry.blocked);

export const isBlocked = () => allEntries().some((entry) => entry.blocked);

export const isKept = () => stashWorks;

const hasWork = (entry) => Object.keys(entry.texts).length > 0 || entry.created || entry.deleted || entry.placed;

function idOf(key) {
  const { user, declaration } = form().dataset;
  return `${user}/${declaration}/${tab}/${key}`;
}

function entryFor(row) {
  const { key } = row.dataset;
  if (!entries.has(key)) {
    entries.set(key, {
      id: idOf(key),
      user: Number(form().dataset.user),
      declaration: Number(form().dataset.declaration),
      tab,
      url: form().getAttribute("action"),
      label: form().dataset.label,
      key,
      section: sectionOf(row),
      group: groupOf(row),
      origin: row.dataset.origin ?? null,
      version: Number(row.dataset.version),
      texts: {},
      created: false,
      deleted: false,
      placed: false,
      after: null,
      sent: null,
      blocked: "",
    });
  }
  return entries.get(key);
}

function keepSoon(key) {
  unkept.add(key);
  keepTimer ??= setTimeout(keep, Math.max(0, keptAt + KEEP_EVERY - Date.now()));
}

// Brings the stash up to date; resolves when it is, or when that has failed.
export function keep() {
  clearTimeout(keepTimer);
  keepTimer = null;
  if (!unkept.size) return keeping;
  keptAt = Date.now();
  const keys = [...unkept];
  unkept.clear();
  const kept = keys.filter((key) => entries.has(key)).map((key) => ({ ...entries.get(key), theirs: null }));
  const dropped = keys.filter((key) => !entries.has(key)).map(idOf);
  keeping = stash.write(kept, dropped).then(
    () => {
      stashWorks = true;
    },
    () => {
      stashWorks = false;
      for (const key of keys) unkept.add(key);
    },
  );
  return keeping;
}

function touch(entry) {
  keepSoon(entry.key);
  onChange();
}

function forget(entry) {
  entries.delete(entry.key);
  keepSoon(entry.key);
}

// Forgets everything: whoever typed it has signed out.
export function abandon() {
  clearTimeout(keepTimer);
  entries.clear();
  unkept.clear();
}

// A lone half of a rare character, as a spreadsheet's LEFT() leaves it behind, is nothing that can be stored.
const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");

// A conflict waits for somebody's choice; whatever else was wrong with a row is tried again.
function unblock(entry) {
  if (entry.blocked !== "conflict") entry.blocked = "";
}

// A cell of the row holds another text than the one that is stored.
export function changeText(row, name, text) {
  const entry = entryFor(row);
  entry.texts[name] = wellFormed(text);
  unblock(entry);
  touch(entry);
}

// The row is new, and stands in the page already.
export function createRow(row) {
  entryFor(row).created = true;
  placeRow(row);
}

// The row stands at another place of the page.
export function placeRow(row) {
  const entry = entryFor(row);
  entry.placed = true;
  unblock(entry);
  followPage(row);
}

// The row is gone from the page.
export function deleteRow(row) {
  const entry = entryFor(row);
  const neverSent = entry.version === 0 && !entry.sent;
  Object.assign(entry, { texts: {}, created: false, placed: false, deleted: true, blocked: "" });
  if (neverSent) forget(entry);
  followPage(row);
  touch(entry);
}

// A deleted row is in the page again, with its texts.
export function restoreRow(row, texts) {
  // Where nothing waits for it any more, the server has deleted it.
  if (!entries.has(row.dataset.key)) row.dataset.version = "0";
  const entry = entryFor(row);
  Object.assign(entry, { texts, created: !entry.deleted, deleted: false });
  placeRow(row);
}

// Each row of the list that is to be placed stands behind the own row that it follows in the page now.
function followPage(row) {
  for (const other of rowsIn(listFor(sectionOf(row), groupOf(row)))) {
    const entry = entries.get(other.dataset.key);
    if (!entry?.placed) continue;
    entry.after = ownRowBefore(other)?.dataset.key ?? null;
    touch(entry);
  }
}

// Somebody has chosen in a conflict: what was typed here goes on top of the version that he has now seen.
export function insist(key) {
  const entry = entries.get(key);
  entry.version = entry.theirs.version;
  Object.assign(entry, { blocked: "", theirs: null });
  touch(entry);
}

// What was typed here is not wanted any more.
export function giveUp(key) {
  forget(entries.get(key));
  onChange();
}

// The entries to send now, each with what goes out in `sent`; those whose answer was lost go first.
export function takeUp(limit = Infinity) {
  const waiting = allEntries().filter((entry) => !entry.blocked && (entry.sent || hasWork(entry)));
  const batch = [...waiting.filter((entry) => entry.sent), ...waiting.filter((entry) => !entry.sent)].slice(0, limit);
  for (const entry of batch) {
    if (entry.sent) continue;
    const { texts, created, deleted, placed, after } = entry;
    entry.sent = { texts, created, deleted, placed, after };
    Object.assign(entry, { texts: {}, created: false, deleted: false, placed: false });
    keepSoon(entry.key);
  }
  return batch;
}

// The entries in an order in which each row comes behind the one that it is to stand behind.
function topDown(batch, placeOf) {
  const left = new Map(batch.map((entry) => [entry.key, entry]));
  const ordered = [];
  const take = (entry) => {
    if (!left.delete(entry.key)) return;
    const above = left.get(placeOf(entry).after);
    if (above) take(above);
    ordered.push(entry);
  };
  batch.forEach(take);
  return ordered;
}

// What the entries ask of the server.
export function request(batch) {
  const asked = { rows: [], deleted: [], placed: [] };
  for (const { key, section, group, origin, version, sent } of topDown(batch, (entry) => entry.sent)) {
    if (section === "budget") {
      asked.budget = { version, texts: sent.texts };
    } else if (sent.deleted) {
      asked.deleted.push({ section, key, version });
    } else {
      if (sent.created || Object.keys(sent.texts).length) {
        asked.rows.push({ section, key, version, group, origin, texts: sent.texts });
      }
      if (sent.placed) asked.placed.push({ section, key, after: sent.after });
    }
  }
  return asked;
}

// What was sent was not stored, and nothing of it can have been: it waits as if it had not been sent.
export function takeBack(entry) {
  const { sent } = entry;
  entry.texts = { ...sent.texts, ...entry.texts };
  entry.created ||= sent.created;
  entry.deleted ||= sent.deleted;
  if (sent.placed && !entry.placed) Object.assign(entry, { placed: true, after: sent.after });
  entry.sent = null;
  keepSoon(entry.key);
}

// The server's answer about one row. What is left of the entry waits, is blocked until somebody does something, or is
// forgotten.
export function settle(entry, result = { state: "stored", rejected: [] }) {
  const { sent } = entry;
  // Whoever has deleted the row meanwhile need not be asked about its texts.
  const isOver = sent.deleted || entry.deleted;
  if (!isOver && ["conflict", "refused"].includes(result.state)) {
    takeBack(entry);
    entry.blocked = result.state;
    entry.theirs = result.state === "conflict" ? { version: result.version, texts: result.texts } : null;
    return;
  }
  entry.sent = null;
  if (result.state === "deleted") entry.version = 0;
  if (result.state === "stored") {
    entry.version = result.version ?? entry.version;
    const rejected = isOver ? [] : result.rejected.filter((name) => !(name in entry.texts));
    for (const name of rejected) entry.texts[name] = sent.texts[name];
    const isAllThereIs = rejected.length === Object.keys(entry.texts).length && !entry.placed;
    if (rejected.length && isAllThereIs) entry.blocked = "rejected";
  }
  if (hasWork(entry)) keepSoon(entry.key);
  else forget(entry);
}

// The entries that pages left behind which are closed now; they belong to this page from here on.
export async function adopt() {
  const { user, declaration } = form().dataset;
  let kept;
  try {
    kept = await stash.entriesOf(Number(user));
  } catch {
    stashWorks = false;
    return [];
  }
  kept = kept.filter((entry) => entry.declaration === Number(declaration) && entry.tab !== tab);
  const alive = kept.length ? await openTabs() : new Set();
  const left = new Map();
  for (const entry of kept) {
    if (!alive.has(entry.tab) && !entries.has(entry.key) && !left.has(entry.key)) left.set(entry.key, entry);
  }
  const adopted = topDown([...left.values()], (entry) => (entry.placed || !entry.sent ? entry : entry.sent)).map(
    (entry) => ({ ...entry, tab, id: idOf(entry.key), blocked: "" }),
  );
  for (const entry of adopted) entries.set(entry.key, entry);
  await stash.write(adopted, [...left.values()].map((entry) => entry.id)).catch(() => {
    stashWorks = false;
  });
  return adopted;
}
