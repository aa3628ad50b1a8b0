// Puts the official table on the clipboard, as word processors and spreadsheets take it.

import { asText } from "./filling/cells.js";

async function fetchTable(address) {
  const response = await fetch(address, { headers: { "X-Background": "yes" } });
  const html = (await response.text()).match(/<article>([^]*)<\/article>/)?.[1];
  // Whoever has to sign in again, or may not see the table any more, gets another page.
  if (!response.ok || !html) throw new Error(`${response.status} ${response.url}`);
  return html;
}

// The rows of texts; a merged cell has its text in its first place.
function rowsOf(table) {
  const rows = [...table.rows].map(() => []);
  [...table.rows].forEach((row, number) => {
    for (const cell of row.cells) {
      for (const lineBreak of cell.querySelectorAll("br")) lineBreak.replaceWith("\n");
      let column = 0;
      while (rows[number][column] !== undefined) column += 1;
      for (let down = 0; down < cell.rowSpan; down += 1) {
        for (let right = 0; right < cell.colSpan; right += 1) rows[number + down][column + right] = "";
      }
      rows[number][column] = cell.textContent;
    }
  });
  return rows;
}

function asTextOf(html) {
  // Our security policy complains of styles, also of those in a document that nobody sees.
  const unstyled = html.replaceAll(/ style="[^"]*"/g, "");
  const parts = [...new DOMParser().parseFromString(unstyled, "text/html").body.children];
  return asText(parts.flatMap((part) => (part.localName === "table" ? rowsOf(part) : [[part.textContent]])));
}

function putOnClipboard(html) {
  const text = asTextOf(html);
  const onCopy = (event) => {
    event.preventDefault();
    event.clipboardData.setData("text/html", `<meta charset="utf-8">${html}`);
    event.clipboardData.setData("text/plain", text);
  };
  document.addEventListener("copy", onCopy, { once: true });
  // Not the clipboard of `navigator`: that exists on https only.
  const copied = document.execCommand("copy");
  document.removeEventListener("copy", onCopy);
  if (!copied) throw new Error("The browser does not let the page copy.");
}

for (const button of document.querySelectorAll("[data-copy-table]")) {
  const state = button.parentElement.querySelector("[data-copy-state]");
  let isBusy = false;
  button.addEventListener("click", async () => {
    if (isBusy) return;
    isBusy = true;
    state.textContent = "";
    try {
      putOnClipboard(await fetchTable(button.dataset.copyTable));
      state.textContent = "已复制，可粘贴到 Word、WPS 文字或表格中。";
    } catch {
      state.textContent = "未能复制，请在“更多格式”中下载网页文件后复制。";
    }
    isBusy = false;
  });
  button.hidden = false;
}
