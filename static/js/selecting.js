// Selecting rows of a list: all of the page at once, and how many are selected.

const form = document.querySelector("[data-selecting]");
if (form) {
  const all = form.querySelector("[data-select-all]");
  const number = form.querySelector("[data-selected]");
  // The boxes may stand outside of the form that they belong to.
  const boxes = [...form.elements].filter((element) => element.name === "selected");

  const show = () => {
    const selected = boxes.filter((box) => box.checked).length;
    all.checked = selected === boxes.length;
    all.indeterminate = selected > 0 && selected < boxes.length;
    number.textContent = selected ? `已选 ${selected} 份` : "";
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  all.closest("label").hidden = false;
  // A browser that comes back to the page keeps what was ticked.
  window.addEventListener("pageshow", show);
}
