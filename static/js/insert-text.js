// Puts a text that is kept for reviewers where the caret of a field stands: at its end, if nobody has been in it.

for (const picker of document.querySelectorAll("[data-insert-into]")) {
  const field = document.getElementById(picker.dataset.insertInto);
  const choice = picker.querySelector("select");
  picker.hidden = false;
  picker.querySelector("button").addEventListener("click", () => {
    if (!choice.value) return choice.focus();
    const isTouched = field.selectionStart !== 0 || field.selectionEnd !== 0;
    const at = isTouched ? field.selectionEnd : field.value.length;
    const separator = at && field.value[at - 1] !== "\n" ? "\n" : "";
    field.focus();
    field.setRangeText(separator + choice.value, at, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    choice.value = "";
  });
}
