// A page is printed with all that is folded away on the screen.

const button = document.querySelector("[data-print]");
let opened = [];

window.addEventListener("beforeprint", () => {
  // The pages before the change of paper: a second preview finds everything open already.
  opened = opened.length ? opened : [...document.querySelectorAll("main details:not([open])")];
  for (const details of opened) {
    details.open = true;
  }
});
window.addEventListener("afterprint", () => {
  for (const details of opened) {
    details.open = false;
  }
  opened = [];
});

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
