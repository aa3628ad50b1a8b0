// Says for a while what came of an action, to eyes and to screen readers.

const SAY_FOR = 5000;

let timer = null;

export function tell(text) {
  const place = document.getElementById("told");
  place.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => place.replaceChildren(), SAY_FOR);
}
