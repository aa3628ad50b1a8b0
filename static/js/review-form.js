// The sum of the points of a review form, while they are typed.

const total = document.getElementById("total");

function number(text) {
  const typed = text.normalize("NFKC").replace(/[,\s]/g, "").replace("。", ".");
  return /^(\d+\.?\d*|\.\d+)$/.test(typed) ? Number(typed) : 0;
}

document.addEventListener("input", ({ target }) => {
  if (total && target.name?.endsWith("-points")) {
    const points = document.querySelectorAll('input[name$="-points"]');
    const sum = Array.from(points, ({ value }) => number(value)).reduce((one, other) => one + other, 0);
    total.textContent = String(Number(sum.toFixed(2)));
  }
});
