// Cells to and from a spreadsheet, by the clipboard.

import { addRow, setTexts } from "./actions.js";
import { hasSelection, isChoice, isWhole } from "./caret.js";
import { asHtml, asText, fromTextProcessor, onlyCell } from "./cells.js";
import { asOneStep } from "./history.js";
import { isReadOnly } from "./read-only.js";
import * as rows from "./rows.js";
import { isJson, post } from "./server.js";
import { tell } from "./telling.js";

const dialog = () => document.getElementById("paste-dialog");

let busy = false;

// Pasting

// Where the cursor stands: the field's row with those below it, or the end of the list where only the button that adds a
// row has the cursor.
function placeOf(element) {
  const row = rows.rowOf(element);
  if (row && rows.sectionOf(row) !== "budget" && rows.fieldsOf(row).includes(element)) {
    return { list: rows.listOf(row), first: row.dataset.key, field: rows.nameOf(element) };
  }
  const add = element.closest?.("[data-add]");
  if (!add) return null;
  return { list: add.closest("[data-rows]").querySelector("[data-list]"), first: null, field: columns()[0].name };
}

// What the server is asked; null where the row is gone meanwhile.
function question({ list, first, field }, text, layout) {
  const all = rows.rowsIn(list);
  const index = first ? all.findIndex((row) => row.dataset.key === first) : all.length;
  if (index < 0) return null;
  const { rows: section, group } = list.closest("[data-rows]").dataset;
  return JSON.stringify({
    section,
    group: group ? Number(group) : null,
    field,
    number: index + 1,
    rows: all.slice(index).map((row) => ({ key: row.dataset.key, texts: rows.textsOf(row) })),
    text,
    layout,
  });
}

async function ask(asked) {
  if (!asked) return { message: "光标所在的行已被删除，未粘贴。" };
  const response = await post(rows.form().dataset.paste, asked).catch(() => null);
  if (!response) return { message: "网络中断，暂不能粘贴表格内容，请稍后再试。" };
  if (response.redirected || [401, 403].includes(response.status)) return { message: "登录已失效，请重新登录后再粘贴。" };
  if (response.status === 404) return { message: "服务器上已找不到本申报表，未粘贴。" };
  return isJson(response) ? response.json() : { message: "服务器暂时不可用，未粘贴。请稍后再试。" };
}

// The clipboard's cells, from `place` to the right and down. `layout` is what was chosen in the preview.
async function pasteCells(place, text, layout = null) {
  const asked = question(place, text, layout);
  const answer = await ask(asked);
  if (answer.message) {
    await choice(refusal(answer.message));
    return;
  }
  // What the server has answered is about the texts that stood there when it was asked.
  const isStillSo = () => question(place, text, layout) === asked;
  let chosen = "apply";
  if (isStillSo() && answer.preview) {
    const first = layout ? "[name=layout]:checked" : '[data-paste="apply"]';
    chosen = await choice(preview(answer.preview, place, text), first);
  }
  if (chosen === "form" || chosen === "official") await pasteCells(place, text, chosen);
  else if (chosen === "text") insert(place, text);
  else if (chosen === "apply" && !isStillSo()) await pasteCells(place, text, layout);
  else if (chosen === "apply") apply(place, answer);
}

function apply({ list, first, field }, { rows: planned, touched }) {
  const before = rows.rowsIn(list).length;
  asOneStep("粘贴", () => {
    for (const { key, texts } of planned) {
      if (key) setTexts(rows.rowWithKey(key), texts);
      else addRow(list, undefined, texts);
    }
  });
  rows.focusOn(rows.rowWithKey(first) ?? rows.rowsIn(list)[before], field);
  if (touched) tell(`已粘贴 ${touched} 行`);
}

// As one text, into the field of the cursor. Not by writing into it: the browser itself can undo this.
function insert({ first, field }, text) {
  rows.fieldOf(rows.rowWithKey(first), field).focus();
  document.execCommand("insertText", false, text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function preview(html, { first, field }, text) {
  const content = fragment(html);
  const cell = rows.fieldOf(rows.rowWithKey(first) ?? document.body, field);
  // Lines may be meant as rows or as the lines of one text.
  content.querySelector('[data-paste="text"]').hidden = text.includes("\t") || !cell || !rows.isOfSeveralLines(cell);
  return content;
}

function refusal(message) {
  const content = document.importNode(document.getElementById("paste-refusal").content, true);
  content.querySelector("[data-message]").textContent = message;
  return content;
}

// Shows the content in the dialog, with the focus on `first`; resolves to what is chosen there: "apply", "text",
// "cancel" or a layout.
function choice(content, first = '[data-paste="apply"]') {
  const box = dialog();
  box.replaceChildren(content);
  if (!box.open) box.showModal();
  (box.querySelector(first) ?? box.querySelector('[data-paste="cancel"]')).focus();
  return new Promise((resolve) => {
    box.onclick = ({ target }) => {
      if (!target.dataset.paste) return;
      // Closing gives the focus back to the field.
      box.close();
      resolve(target.dataset.paste);
    };
    box.onchange = ({ target }) => {
      if (target.name !== "layout") return;
      // What is shown is of the layout before; the server is asked for the other one.
      for (const control of box.querySelectorAll("input, button")) control.disabled = true;
      resolve(target.value);
    };
    box.onclose = () => resolve("cancel");
  });
}

// Whether the clipboard holds cells, and not a text that belongs into the field as it is.
function holdsCells(text, html) {
  if (text.includes("\t") || /<table\b/i.test(html)) return true;
  return !html && /[\r\n]/.test(text.trimEnd());
}

function onPaste(event) {
  const { target, clipboardData } = event;
  const place = placeOf(target);
  const html = clipboardData.getData("text/html");
  const text = fromTextProcessor(html) ?? clipboardData.getData("text/plain");
  if (isReadOnly() || !place || !text || !holdsCells(text, html)) return;
  event.preventDefault();
  const cell = onlyCell(text);
  if (cell !== null && place.first && !isReadByServer(target)) insert(place, cell);
  else if (!busy) {
    busy = true;
    pasteCells(place, text).finally(() => {
      busy = false;
      // The dialog gives the focus back, unless the row has been drawn anew meanwhile.
      if (document.activeElement === document.body) rows.focusOn(rows.rowWithKey(place.first), place.field);
    });
  }
}

// Whether a single cell, too, is more than a text here: a comparison, or a value that may hold comparison and unit.
const isReadByServer = (field) => isChoice(field) || (rows.nameOf(field) === "value" && isWhole(field));

// Copying

// The columns of the section, each with its name and its heading.
function columns() {
  const blank = document.getElementById("blank-row").content.querySelector("[data-row]");
  return rows.fieldsOf(blank).map((field) => ({
    name: rows.nameOf(field),
    heading: field.getAttribute("aria-label").replace(/^.*第\d+行 /, ""),
  }));
}

function textOf(row, name) {
  const field = rows.fieldOf(row, name);
  // A text of the template stands behind its name, which only screen readers are told.
  if (!field) return row.querySelector(`[id$="-${name}"].fixed-text`).childNodes[1]?.textContent ?? "";
  if (isChoice(field)) return field.value && field.selectedOptions[0].textContent;
  return field.value;
}

const cellsOf = (row) => columns().map(({ name }) => textOf(row, name));

// What the next copy is to take instead of the row of the cursor.
let wanted = null;

function onCopy(event) {
  const row = rows.rowOf(event.target);
  let table = wanted;
  if (!table) {
    const isOfRow = row && rows.sectionOf(row) !== "budget" && rows.fieldsOf(row).includes(event.target);
    if (!isOfRow || hasSelection(event.target)) return;
    table = [cellsOf(row)];
    tell(`已复制第 ${row.querySelector("[data-number]").textContent} 行`);
  }
  event.preventDefault();
  event.clipboardData.setData("text/plain", asText(table));
  event.clipboardData.setData("text/html", asHtml(table));
}

function copyAll(button) {
  const all = rows.rowsIn(button.closest("[data-rows]").querySelector("[data-list]"));
  wanted = [columns().map(({ heading }) => heading), ...all.map(cellsOf)];
  // Not the clipboard of `navigator`: that exists on https only.
  const copied = document.execCommand("copy");
  wanted = null;
  tell(copied ? `已复制 ${all.length} 行及表头` : "浏览器未允许复制，请逐行复制");
}

export function start() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copyAll(button));
  }
  document.addEventListener("paste", onPaste);
  document.addEventListener("copy", onCopy);
}
