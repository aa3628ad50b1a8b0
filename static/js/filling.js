// The form beyond what HTML does itself: unsaved changes are not left by mistake, rows are worked by keyboard,
// and after the server has redrawn the form the cursor stands where the work goes on.

const form = () => document.getElementById("section-form");

let unsaved = false;

function watch(row = document.querySelector("[data-focus]")) {
  unsaved = form()?.dataset.unsaved === "true";
  row?.querySelector("textarea, input:not([type=hidden]), select")?.focus();
}

document.addEventListener("input", (event) => {
  if (form()?.contains(event.target)) {
    unsaved = true;
    document.getElementById("save-state").textContent = "有未保存的修改";
  }
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

document.addEventListener("htmx:beforeRequest", () => {
  document.getElementById("save-state").textContent = "正在保存……";
  // What is typed before the answer comes would be lost when the form is redrawn.
  lock(true);
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  // On the way to the next section nothing is left to save.
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) unsaved = false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id === "section-form") watch();
});

document.addEventListener("htmx:sendError", () => failed("网络中断，内容尚未保存。请稍后再次保存。"));
document.addEventListener("htmx:responseError", (event) => {
  failed(
    event.detail.xhr.status === 401
      ? "登录已失效，内容尚未保存。请在新窗口重新登录，再回到本页保存。"
      : "服务器未能保存，内容仍保留在本页。请稍后再次保存。",
  );
});

function failed(text) {
  const state = document.getElementById("save-state");
  state.replaceChildren(Object.assign(document.createElement("span"), { className: "save-state-bad", textContent: text }));
  lock(false);
}

function lock(locked) {
  for (const field of form().querySelectorAll("textarea, input:not([type=hidden])")) field.readOnly = locked;
}

document.addEventListener("submit", (event) => {
  // Where htmx is missing, the form is sent by the browser itself.
  if (event.target === form() && !window.htmx) unsaved = false;
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.(".target, .row-item");
  if (!row || !form()?.contains(row)) return;
  const press = (button) => {
    if (!button) return;
    event.preventDefault();
    button.click();
  };
  if (event.altKey && event.key === "ArrowUp") press(row.querySelector('button[value^="up:"]'));
  else if (event.altKey && event.key === "ArrowDown") press(row.querySelector('button[value^="down:"]'));
  else if (event.ctrlKey && event.key === "Enter") press(row.closest("fieldset").querySelector("[data-add]"));
});

watch();

// Where the page was loaded anew, the address names the row. On load, because the browser moves to it until then.
window.addEventListener("load", () => {
  const row = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
  if (row) watch(row);
});
