// Text boxes grow with their text also where the browser does not see to that itself: Chromium before 123.

import { fieldsOf, form, rowOf } from "./rows.js";

function grow(fields) {
  const boxes = fields.filter((field) => field.matches("textarea"));
  for (const box of boxes) box.style.height = "auto";
  // All are measured before one is changed: the page is laid out once.
  const heights = boxes.map((box) => box.scrollHeight + box.offsetHeight - box.clientHeight);
  boxes.forEach((box, index) => {
    box.style.height = `${heights[index]}px`;
  });
}

export function start() {
  if (CSS.supports("field-sizing", "content")) return;
  form().classList.add("fields-grow");
  // Rows far below are measured when they come into view.
  const observer = new IntersectionObserver((seen) => {
    const shown = seen.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const row of shown) observer.unobserve(row);
    grow(shown.flatMap(fieldsOf));
  });
  for (const row of form().querySelectorAll("[data-row]")) observer.observe(row);
  for (const event of ["input", "written", "focusin"]) {
    document.addEventListener(event, ({ target }) => rowOf(target) && grow([target]));
  }
}
