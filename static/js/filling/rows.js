// The rows of the form as elements of the page: their fields, their order, their numbers.
//
// A row is an element with data-row (its section), data-key, data-version and, for a target, data-group. The budget is
// a row too. A field's name is the row's key and the name of the text.

const NO_KEY = "00000000-0000-0000-0000-000000000000";

export const form = () => document.getElementById("section-form");

export const rowOf = (element) => element?.closest?.("[data-row]") ?? null;

export const rowWithKey = (key) => document.getElementById(`row-${key}`);

// The row's fields that can be typed into, in their order.
export const fieldsOf = (row) => [...row.querySelectorAll("textarea, select, input:not([type=hidden])")];

export const nameOf = (field) => field.name.slice(field.name.lastIndexOf("-") + 1);

export const fieldOf = (row, name) => fieldsOf(row).find((field) => nameOf(field) === name) ?? null;

export const textsOf = (row) => Object.fromEntries(fieldsOf(row).map((field) => [nameOf(field), field.value]));

// Others take line breaks out of their text.
export const isOfSeveralLines = (field) => field.tagName === "TEXTAREA" && !("oneLine" in field.dataset);

// Puts a text into a field. Unlike typing this makes no event of its own; whoever follows the texts hears "written".
export function setText(field, text) {
  if (field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("written", { bubbles: true }));
}

// The cursor goes to the field `name` of the row, by default the first.
export function focusOn(row, name = null) {
  if (!row) return;
  (fieldOf(row, name) ?? fieldsOf(row)[0])?.focus();
  row.scrollIntoView({ block: "nearest" });
}

// The element that holds the rows of the row's section or group.
export const listOf = (row) => row.closest("[data-list]");

export const rowsIn = (list) => [...list.querySelectorAll(":scope > [data-row]")];

export const listFor = (section, group) =>
  document.querySelector(
    group ? `[data-rows="${section}"][data-group="${group}"] [data-list]` : `[data-rows="${section}"] [data-list]`,
  );

export const sectionOf = (row) => row.dataset.row;

export const groupOf = (row) => (row.dataset.group ? Number(row.dataset.group) : null);

// Rows of the template stand first and stay where they are.
export const isOwn = (row) => !("common" in row.dataset);

// The own row above, or null.
export function ownRowBefore(row) {
  let before = row.previousElementSibling;
  while (before && !before.dataset.row) before = before.previousElementSibling;
  return before && isOwn(before) ? before : null;
}

// An empty row of the list, not in the page yet.
export function blankRow(list, key) {
  const { group } = list.closest("[data-rows]").dataset;
  const html = document.getElementById("blank-row").innerHTML.replaceAll(NO_KEY, key);
  const holder = document.createElement("div");
  holder.innerHTML = html;
  const row = holder.querySelector("[data-row]");
  if (group) {
    row.dataset.group = group;
    row.querySelector(`[name="${key}-group"]`).value = group;
    row.setAttribute("aria-label", `${list.closest("[data-rows]").querySelector("h3").textContent.trim()} 第0行`);
  }
  return row;
}

// Puts the row behind `after`, or first among the own rows.
export function insertRow(list, row, after) {
  const common = rowsIn(list).filter((other) => !isOwn(other) && other !== row);
  const before = after ?? common.at(-1) ?? null;
  if (before) before.after(row);
  else list.prepend(row);
  renumber(list);
}

export function takeOut(row) {
  const list = listOf(row);
  row.remove();
  renumber(list);
}

// After rows came, went or moved: their numbers, and what is shown only with rows or only without.
export function renumber(list) {
  const rows = rowsIn(list);
  rows.forEach((row, index) => {
    const number = String(index + 1);
    const shown = row.querySelector("[data-number]");
    if (shown.textContent === number) return;
    shown.textContent = number;
    for (const element of [row, ...row.querySelectorAll("[aria-label]")]) {
      const label = element.getAttribute("aria-label");
      if (label) element.setAttribute("aria-label", label.replace(/第\d+行/, `第${number}行`));
    }
  });
  const place = list.closest("[data-rows]");
  place.querySelector("[data-empty]").hidden = rows.length > 0;
  const head = place.querySelector("[data-head]");
  if (head) head.hidden = rows.length === 0;
}
