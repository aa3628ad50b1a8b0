// Keeps what is typed into the fields marked `data-draft` until the server has taken it, and gives it back when the page
// is opened again. Every window keeps what is its own; what a window left behind that is closed belongs to the next one.
//
// A form names its page in `data-drafts`, and has `data-echo` where the server has filled in what it did not take.
// What the server has taken it names in a message (views/drafts.py), and session.js forgets it.

import * as stash from "./stash.js";
import { newKey, openTabs, tab } from "./tabs.js";

const KEEP_AFTER = 250;

const user = Number(document.querySelector("[data-sign-out]").dataset.user);
// The name of each form's entry, by the page that the form names; and the forms that are looked after.
const ids = new Map();
const known = new WeakSet();

start();
document.addEventListener("redrawn", start);

function start() {
  for (const form of document.querySelectorAll("form[data-drafts]")) {
    if (!known.has(form)) keepDraftOf(form);
    known.add(form);
  }
}

// The names of a form's fields that are kept; of radio buttons all have one.
function namesOf(form) {
  const fields = [...form.elements].filter((field) => field.name && "draft" in field.dataset);
  return [...new Set(fields.map((field) => field.name))];
}

const valueOf = (form, name) => form.elements.namedItem(name).value;

// What the server has filled the field in with.
function servedValue(form, name) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList) return [...field].find((radio) => radio.defaultChecked)?.value ?? "";
  if (field.options) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
  return field.defaultValue;
}

function setValue(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList) for (const radio of field) radio.checked = radio.value === value;
  else field.value = value;
  const target = field instanceof RadioNodeList ? field[0] : field;
  for (let box = target.closest("details"); box && value; box = box.parentElement.closest("details")) box.open = true;
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

function keepDraftOf(form) {
  const page = form.dataset.drafts;
  // A form that is drawn anew goes on with what was kept of it.
  const isNew = !ids.has(page);
  if (isNew) ids.set(page, newKey());
  const id = ids.get(page);
  // What the server had stored in each field when it was typed over.
  const served = Object.fromEntries(namesOf(form).map((name) => [name, servedValue(form, name)]));
  let others = [];
  let timer = null;
  let isOver = false;
  let notice = null;

  const typed = () => namesOf(form).filter((name) => valueOf(form, name) !== served[name]);

  // The submission that it was typed for.
  const seen = () => form.elements.namedItem("digest")?.value ?? "";

  const entry = () => ({
    id: `draft/${id}`,
    user,
    tab,
    url: page,
    label: document.querySelector("h1").textContent.trim(),
    draft: page,
    seen: seen(),
    fields: Object.fromEntries(typed().map((name) => [name, { text: valueOf(form, name), served: served[name] }])),
  });

  function keep() {
    clearTimeout(timer);
    timer = null;
    if (isOver) return Promise.resolve();
    const writing = typed().length ? stash.write([entry()]) : stash.write([], [`draft/${id}`]);
    return writing.catch(() => {});
  }

  // Whether it was typed for what is shown, and nothing that the server has stored since would be typed over.
  const fits = (found) =>
    found.seen === seen() &&
    Object.entries(found.fields).every(
      ([name, { served: then, text }]) => name in served && [then, text].includes(served[name]),
    );

  const isHere = (found) =>
    Object.entries(found.fields).every(([name, { text }]) => name in served && valueOf(form, name) === text);

  function show(found) {
    for (const [name, { text }] of Object.entries(found.fields)) if (name in served) setValue(form, name, text);
  }

  // The other's text comes into the form, and what was there takes its place.
  async function change(other) {
    const mine = { ...entry(), id: `draft/${newKey()}`, tab: "" };
    for (const name of typed()) setValue(form, name, served[name]);
    others = others.filter((each) => each !== other);
    if (Object.keys(mine.fields).length) others.push({ ...mine, keptAt: Date.now() });
    show(other);
    tell(other);
    await stash.write([entry(), ...others.filter((each) => each.id === mine.id)], [other.id]).catch(() => {});
  }

  function giveUp() {
    for (const name of typed()) setValue(form, name, served[name]);
    notice.remove();
    keep();
  }

  function tell(found) {
    notice ??= Object.assign(document.createElement("div"), { className: "drafts-notice" });
    notice.setAttribute("role", "status");
    form.prepend(notice);
    const at = (each) => new Date(each.keptAt).toLocaleString("zh-CN", { dateStyle: "medium", timeStyle: "short" });
    const button = (words, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
      made.textContent = words;
      made.addEventListener("click", act);
      return made;
    };
    notice.replaceChildren();
    if (found) {
      notice.append(`已恢复您于 ${at(found)} 填写、尚未提交的内容。`, button("清除", giveUp));
    }
    for (const each of others) notice.append(button(`换用 ${at(each)} 填写的另一份内容`, () => change(each)));
  }

  async function restore() {
    const kept = (await stash.entriesOf(user)).filter((each) => each.draft === page);
    const alive = kept.length ? await openTabs() : new Set();
    const left = kept.filter((each) => !alive.has(each.tab) && each.tab !== tab).reverse();
    if (form.dataset.echo !== undefined) {
      // What was just sent is here again: it goes on as this window's.
      const sent = left.find(isHere);
      if (sent) {
        for (const [name, { served: then }] of Object.entries(sent.fields)) served[name] = then;
        await stash.write([entry()], [sent.id]);
      }
      others = left.filter((each) => each !== sent);
    } else {
      const stored = left.filter(isHere);
      others = left.filter((each) => !stored.includes(each));
      // Somebody who types already is not disturbed.
      const found = typed().length ? null : others.find(fits);
      if (found) {
        show(found);
        others = others.filter((each) => each !== found);
        await stash.write([entry()], [found.id]);
        tell(found);
      }
      if (stored.length) await stash.write([], stored.map((each) => each.id));
    }
    if (others.length && !notice) tell(null);
  }

  form.addEventListener("input", () => {
    timer ??= setTimeout(keep, KEEP_AFTER);
  });
  form.addEventListener("formdata", ({ formData }) => formData.set("draft", id));
  form.addEventListener("submit", () => timer && keep());
  document.addEventListener("signed-out", () => {
    isOver = true;
    clearTimeout(timer);
  });
  document.addEventListener("leaving", ({ detail }) => detail.waitFor(timer ? keep() : Promise.resolve()));
  window.addEventListener("pagehide", () => timer && keep());
  if (isNew) restore().catch(() => {});
  if (form.dataset.echo !== undefined) history.replaceState(history.state, "", page);
}
