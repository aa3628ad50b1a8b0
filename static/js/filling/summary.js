// The list of rows that could not be stored: it takes the focus, and each entry leads to its row.

import * as outbox from "./outbox.js";
import { fieldsOf, rowWithKey } from "./rows.js";

// Where the row stands, in words: rows of several groups have the same numbers, so theirs bear the group's name.
function placeOf(row) {
  const number = row.querySelector("[data-number]")?.closest(".row-number").textContent.replace(/\s+/g, "");
  if (!number) return "预算情况";
  return row.getAttribute("aria-label") ?? (/^\d/.test(number) ? `第${number}行` : number);
}

// Why the row is not stored; that it is not, the heading of the list says already.
function reasonsOf(row) {
  const reasons = [...row.querySelectorAll(".trouble p")].map((reason) => reason.cloneNode(true));
  for (const reason of reasons) reason.querySelector(".note-level")?.remove();
  return reasons.map((reason) => reason.textContent.replace(/\s+/g, " ").trim()).join("");
}

const cellInTrouble = (row) => document.getElementById(row.querySelector(".trouble [data-cell]")?.dataset.cell);

function item(row) {
  const link = document.createElement("a");
  link.href = `#${row.id}`;
  link.textContent = `${placeOf(row)}：${reasonsOf(row)}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    (row.querySelector("[data-choose]") ?? cellInTrouble(row) ?? fieldsOf(row)[0]).focus();
  });
  const element = document.createElement("li");
  element.append(link);
  return element;
}

const blockedRows = () =>
  outbox.allEntries().filter((entry) => entry.blocked).map((entry) => rowWithKey(entry.key)).filter(Boolean);

// Takes the summary away when nothing of it is left.
export function hideSummary() {
  if (!blockedRows().length) document.getElementById("save-summary")?.remove();
}

// Shows the summary, if there is something to tell, and moves the focus to it.
export function showSummary() {
  const rows = blockedRows();
  if (!rows.length) return;
  const box = document.createElement("div");
  box.id = "save-summary";
  box.className = "alert alert-danger";
  box.tabIndex = -1;
  const heading = document.createElement("p");
  heading.textContent = `以下 ${rows.length} 处内容未能保存，请处理：`;
  const list = document.createElement("ul");
  list.append(...rows.map(item));
  box.append(heading, list);
  document.getElementById("save-message").replaceChildren(box);
  box.focus();
}
