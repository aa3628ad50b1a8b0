// The list of rows that could not be stored: it takes the focus, and each entry leads to its row.

import * as outbox from "./outbox.js";
import { fieldsOf, rowWithKey } from "./rows.js";

function item(row) {
  const link = document.createElement("a");
  link.href = `#${row.id}`;
  const place = row.querySelector("[data-number]")?.closest(".row-number").textContent.replace(/\s+/g, "");
  const reason = row.querySelector(".trouble p")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  link.textContent = `${/^\d/.test(place ?? "") ? `第${place}行` : (place ?? "预算情况")}：${reason}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    (row.querySelector("[data-choose]") ?? row.querySelector("[aria-invalid]") ?? fieldsOf(row)[0]).focus();
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
