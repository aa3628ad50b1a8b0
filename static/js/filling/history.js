// What was done in the form, so that it can be undone step by step.

const STEPS = 200;

const done = [];
// The steps of what is being done as one, while it is.
let together = null;

const button = () => document.getElementById("undo");

function show() {
  const last = done.at(-1);
  button().hidden = !last;
  button().textContent = last ? `撤销${last.label}` : "撤销";
}

// `back()` undoes the step called `label`, such as "删除一行", and answers the field to which the cursor goes then.
export function remember(label, back) {
  if (together) {
    together.push(back);
    return;
  }
  done.push({ label, back });
  if (done.length > STEPS) done.shift();
  show();
}

// All that `work()` does is one step called `label`.
export function asOneStep(label, work) {
  const backs = [];
  together = backs;
  try {
    work();
  } finally {
    together = null;
    if (backs.length) remember(label, () => backs.reverse().reduce((_, back) => back(), null));
  }
}

export function undo() {
  const field = done.pop()?.back();
  field?.focus();
  show();
}
