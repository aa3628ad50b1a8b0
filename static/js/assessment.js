// The review form's total and grade, as they stand while points are typed. The server reckons them again.

const HUNDRED = 100;

const form = document.querySelector("[data-assessment]");
const total = form?.querySelector("[data-total]");
const inputs = [...(form?.querySelectorAll("[data-most] input") ?? [])];
const grades = [...(form?.querySelectorAll("[data-grade]") ?? [])].map(({ dataset }) => ({
  label: dataset.grade,
  threshold: hundredths(dataset.threshold),
  fails: "fails" in dataset,
}));

// As declarations/numbers.py reads them, in hundredths; null where it is no number of at most two decimals.
function hundredths(text) {
  const plain = text.normalize("NFKC").trim().replace(/。(?=\d)|。$/gu, ".");
  return /^\+?(\d+\.?\d{0,2}|\.\d{1,2})$/u.test(plain) ? Math.round(Number(plain) * HUNDRED) : null;
}

function pointsOf(input) {
  const points = input.value.trim() ? hundredths(input.value) : null;
  return points !== null && points <= hundredths(input.closest("[data-most]").dataset.most) ? points : null;
}

function show() {
  const points = inputs.map(pointsOf);
  const given = points.filter((each) => each !== null);
  const sum = given.reduce((before, each) => before + each, 0);
  const grade = given.length === inputs.length ? grades.find(({ threshold }) => sum >= threshold) : null;
  const parts = [`已评 ${given.length}/${inputs.length} 项`, `${sum / HUNDRED} 分`];
  if (grade) parts.push(`${grade.label}${grade.fails ? "（不能通过）" : ""}`);
  total.textContent = parts.join("　");
}

if (total) {
  form.addEventListener("input", show);
  show();
}
