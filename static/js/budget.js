// Says at once whether the parts of the budget make its total. The server checks the same again when it saves.

// What an amount may look like once full-width characters are normalised: the twin of declarations/numbers.py.
const AMOUNT = /^[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)$/;
const DECIMALS = 6;
const LIMIT = 10n ** 15n;
// 0.01 万元: the twin of declarations/checks/amounts.py.
const TOLERANCE = 10000n;

// An amount in millionths of 万元, as a BigInt; null where the text is no amount that can be stored.
function millionths(text) {
  const plain = text.normalize("NFKC").trim().replace(/。(?=\d)|(?<=\d)。$/g, ".").replace("−", "-").replaceAll(" ", "");
  if (!AMOUNT.test(plain)) return null;
  const [, sign, whole, decimals = ""] = plain.replaceAll(",", "").match(/^([+-]?)(\d*)(?:\.(\d*))?$/);
  const needed = decimals.replace(/0+$/, "");
  const amount = BigInt(whole || "0") * 1000000n + BigInt(needed.padEnd(DECIMALS, "0"));
  if (needed.length > DECIMALS || amount >= LIMIT || (sign === "-" && amount > 0n)) return null;
  return amount;
}

function print(amount) {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, "0");
  const text = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`.replace(/\.?0+$/, "");
  return amount < 0n ? `-${text}` : text;
}

function update() {
  const value = (name) => millionths(document.getElementById(`budget-${name}`).value);
  const total = value("total");
  for (const line of document.querySelectorAll("[data-sum]")) {
    const parts = line.dataset.sum.split(" ").map(value);
    if (total === null || parts.includes(null)) {
      line.textContent = "";
      delete line.dataset.agrees;
      continue;
    }
    const sum = parts.reduce((a, b) => a + b, 0n);
    const difference = sum - total;
    const agrees = difference <= TOLERANCE && difference >= -TOLERANCE;
    line.dataset.agrees = agrees;
    line.textContent = agrees
      ? `✓ 合计 ${print(sum)} 万元，等于部门预算总额`
      : `✗ 合计 ${print(sum)} 万元，与部门预算总额相差 ${print(difference < 0n ? -difference : difference)} 万元`;
  }
}

document.addEventListener("input", update);
document.addEventListener("written", update);
update();
