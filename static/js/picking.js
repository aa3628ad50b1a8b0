// Rows to pick from: all or none at once, and how many are ticked.

const form = document.querySelector("[data-picking]");

function boxes() {
  return [...form.querySelectorAll("input[type=checkbox]:not(:disabled)")];
}

function count() {
  const place = form.querySelector("[data-count]");
  if (place) place.textContent = `已选 ${boxes().filter((box) => box.checked).length} ${form.dataset.noun}`;
}

if (form) {
  for (const link of form.querySelectorAll("[data-tick]")) {
    link.setAttribute("role", "button");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (const box of boxes()) box.checked = link.dataset.tick === "all";
      count();
    });
    // A button is pressed by the space bar too.
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
  form.addEventListener("change", count);
  count();
}
