// The table of a review: shows everything or only what changed, without leaving the page.

const table = document.querySelector("[data-review-table]");
const control = table?.querySelector("[data-only-changed]");

// A cell that spans rows is as high as those that are shown.
function fit() {
  for (const cell of table.querySelectorAll("[data-rows]")) {
    const row = cell.parentElement;
    const rows = [...row.closest("table").rows].slice(row.rowIndex, row.rowIndex + Number(cell.dataset.rows));
    cell.rowSpan = Math.max(rows.filter((each) => !each.hidden).length, 1);
  }
}

function show(onlyChanged) {
  for (const part of table.querySelectorAll("[data-same]")) part.hidden = onlyChanged;
  fit();
  control.setAttribute("aria-checked", String(onlyChanged));
  const address = new URL(location.href);
  if (onlyChanged) address.searchParams.set("only", "changed");
  else address.searchParams.delete("only");
  history.replaceState(history.state, "", address);
}

// A link may lead to a place that is hidden.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest("[data-same][hidden]")) return;
  show(false);
  target.scrollIntoView({ block: "center" });
}

if (control) {
  control.textContent = "只看改动";
  control.setAttribute("role", "switch");
  control.setAttribute("aria-checked", control.dataset.onlyChanged);
  const toggle = (event) => {
    event.preventDefault();
    show(control.getAttribute("aria-checked") !== "true");
  };
  control.addEventListener("click", toggle);
  control.addEventListener("keydown", (event) => {
    if (event.key === " ") toggle(event);
  });
  window.addEventListener("hashchange", reveal);
  reveal();
}
