// The tree is swapped as a whole; texts that were unfolded stay unfolded.

const unfolded = () => [...document.querySelectorAll("#tree details[open]")].map((details) => details.closest("li").id);

let kept = [];

document.body.addEventListener("htmx:beforeSwap", () => {
  kept = unfolded();
});

document.body.addEventListener("htmx:afterSwap", () => {
  for (const id of kept) {
    const details = document.getElementById(id)?.querySelector(":scope > .node-line > details");
    if (details) {
      details.open = true;
    }
  }
});
