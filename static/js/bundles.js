// The list of what was ordered comes anew every few seconds: what was unfolded stays unfolded, and who cannot see the
// bars is told when something has come to an end.

const news = document.querySelector("[data-news]");
let unfolded = [];
let statuses = read();

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.shouldSwap && !event.detail.xhr.responseText.includes('id="bundles"')) {
    // A sign-in page instead of the list.
    event.detail.shouldSwap = false;
    location.reload();
  }
  unfolded = [...document.querySelectorAll("#bundles details[open]")].map((details) => details.id);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  const before = statuses;
  statuses = read();
  const changed = [...statuses].filter(([key, { status }]) => before.has(key) && before.get(key).status !== status);
  if (changed.length) news.textContent = changed.map(([, { name, status }]) => `${name}：${status}`).join("；");
});

function read() {
  const rows = [...document.querySelectorAll("[data-bundle]")];
  return new Map(rows.map(({ dataset }) => [dataset.bundle, { name: dataset.name, status: dataset.status }]));
}
