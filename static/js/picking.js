// Rows to pick from: all or none at once, and how many are ticked. What is ticked goes along to the other pages of a list.

const form = document.querySelector("[data-picking]");

function boxes() {
  return [...form.querySelectorAll("input[type=checkbox]:not(:disabled)")];
}

function count() {
  const place = form.querySelector("[data-count]");
  if (place) place.textContent = `已选 ${boxes().filter((box) => box.checked).length} ${form.dataset.noun}`;
}

// What is ticked, and where it is to go, as parameters of an address.
function choices() {
  const ticked = boxes().filter((box) => box.checked);
  return [...ticked, form.elements.group].filter(({ value }) => value).map(({ name, value }) => [name, value]);
}

function carryIn(link) {
  const address = new URL(link.href);
  for (const name of ["entry", "group"]) address.searchParams.delete(name);
  for (const [name, value] of choices()) address.searchParams.append(name, value);
  link.href = address;
}

function carry() {
  for (const link of document.querySelectorAll(".pages a, .filters a")) link.addEventListener("click", () => carryIn(link));
  document.querySelector(".filters").addEventListener("formdata", ({ formData }) => {
    formData.delete("group");
    for (const [name, value] of choices()) formData.append(name, value);
  });
}

if (form) {
  if ("carried" in form.dataset) carry();
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
