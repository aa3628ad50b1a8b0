// Cells as the clipboard holds them, for spreadsheets and from them: the twin of declarations/clipboard.py.

const quoted = (text) => (text.startsWith('"') || /[\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// `table` is a list of rows of texts.
export const asText = (table) => table.map((row) => `${row.map(quoted).join("\t")}\r\n`).join("");

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text) => text.replace(/[&<>"]/g, (character) => ESCAPES[character]);

// Spreadsheets read this rather than the text: as texts, so that 95% stays as it is and "=" begins no formula, and with
// the line breaks within the cell.
function asHtmlCell(text) {
  const html = escaped(text).replaceAll("\n", '<br style="mso-data-placement:same-cell">');
  return `<td style="mso-number-format:'\\@';white-space:pre-wrap">${html}</td>`;
}

export function asHtml(table) {
  const html = table.map((row) => `<tr>${row.map(asHtmlCell).join("")}</tr>`).join("");
  return `<meta charset="utf-8"><table>${html}</table>`;
}

// The text of the clipboard's only cell, or null where there are several.
export function onlyCell(text) {
  const cell = text.replace(/(?:\r\n?|\n)$/, "");
  const inner = cell.match(/^"((?:[^"]|"")*)"$/)?.[1];
  if (inner !== undefined && /[\t\r\n]|""/.test(inner)) return inner.replaceAll('""', '"');
  return /[\t\r\n]/.test(cell) ? null : cell;
}

// A table of a text processor as spreadsheets would have written it: its own text does not tell the line breaks within
// cells from those between rows. Null where there is no such table.
export function fromTextProcessor(html) {
  if (!html.includes("urn:schemas-microsoft-com:office:word")) return null;
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  return table && asText([...table.rows].map((row) => [...row.cells].flatMap(cellTexts)));
}

// Columns that were merged stay as many.
const cellTexts = (cell) => [linesOf(cell), ...Array(cell.colSpan - 1).fill("")];

function linesOf(cell) {
  for (const lineBreak of cell.querySelectorAll("br")) lineBreak.replaceWith("\u2028");
  const paragraphs = cell.querySelectorAll("p");
  const parts = paragraphs.length ? [...paragraphs] : [cell];
  return parts
    .map((part) => part.textContent.replace(/[ \t\r\n\u00a0]+/g, " ").replace(/ ?\u2028 ?/g, "\n").trim())
    .join("\n");
}
