// The home page tells of what an earlier visit left behind in the browser, unsaved.

import { entriesOf } from "./stash.js";

const box = document.getElementById("unsaved");
const user = Number(document.querySelector("[data-sign-out]").dataset.user);

const entries = await entriesOf(user).catch(() => []);
const pages = new Map(entries.map((entry) => [entry.url, entry.label]));
for (const [url, label] of pages) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { href: url, textContent: label }));
  box.querySelector("ul").append(item);
}
box.hidden = pages.size === 0;
