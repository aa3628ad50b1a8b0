// Where the cursor stands within the text of a field.

const LAYOUT = [
  "font",
  "letterSpacing",
  "lineHeight",
  "overflowWrap",
  "padding",
  "tabSize",
  "textIndent",
  "wordBreak",
  "wordSpacing",
];

export const isChoice = (field) => field.tagName === "SELECT";

export const hasSelection = (field) => !isChoice(field) && field.selectionStart !== field.selectionEnd;

// Whether all of the text is selected, as it is in a field that was gone to by keyboard, or there is none.
export const isWhole = (field) => field.selectionStart === 0 && field.selectionEnd === field.value.length;

export const isAtStart = (field) => isChoice(field) || field.selectionEnd === 0;

export const isAtEnd = (field) => isChoice(field) || field.selectionStart === field.value.length;

// Whether the arrow up has no line above to go to.
export const isOnFirstLine = (field) => isWhole(field) || (!hasSelection(field) && lineIndexes(field).isFirst);

export const isOnLastLine = (field) => isWhole(field) || (!hasSelection(field) && lineIndexes(field).isLast);

// Lines as they are seen: a text box tells nothing of how it breaks its text, so a copy of it is measured.
function lineIndexes(field) {
  if (field.tagName !== "TEXTAREA") return { isFirst: true, isLast: true };
  const copy = document.createElement("div");
  const style = getComputedStyle(field);
  for (const property of LAYOUT) copy.style[property] = style[property];
  // Without the scroll bar and the border.
  copy.style.width = `${field.clientWidth}px`;
  copy.className = "caret-copy";
  // Something to measure where the text ends.
  const text = document.createTextNode(`${field.value}\u200b`);
  copy.append(text);
  document.body.append(copy);
  const top = (index) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + 1);
    return range.getClientRects()[0].top;
  };
  const height = parseFloat(style.lineHeight) / 2;
  const here = top(field.selectionStart);
  const lines = { isFirst: here - top(0) < height, isLast: top(text.length - 1) - here < height };
  copy.remove();
  return lines;
}
