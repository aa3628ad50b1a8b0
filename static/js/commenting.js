// Comments are sent and drawn anew without leaving the page, so that nothing that is typed elsewhere on it is lost.

import { csrfToken } from "./csrf.js";

const ANSWER_WITHIN = 20_000;
const DONE = { new: "意见已提交。", answer: "回复已提交。", mark: "已更新。" };
const FAILED = "未能提交：网络中断或服务器暂时不可用。您填写的内容仍保留在这里，请稍后再试。";

const status = document.querySelector("[data-comments-status]");

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-comment-form]");
  if (!form) return;
  event.preventDefault();
  // The text that was picked has been inserted (insert-text.js).
  if (event.submitter?.value !== "pick") send(form, event.submitter);
});

async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  status.textContent = "";
  say(form, "");
  try {
    const refusal = await post(form, button);
    if (refusal) say(form, refusal);
    else await stored(form);
  } catch {
    say(form, FAILED);
  }
  delete form.dataset.sending;
}

// Answers why it was refused; nothing where it was stored.
async function post(form, button) {
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  body.set("csrfmiddlewaretoken", csrfToken());
  // Where it was stored, the server leads on; the page is asked for by its own address then.
  const response = await request(form.getAttribute("action"), { method: "POST", body, redirect: "manual" });
  if (response.type === "opaqueredirect") return "";
  if (response.status === 401) return "登录已失效，未提交。请在新窗口中登录后再提交，您填写的内容仍保留在这里。";
  if (response.status === 404) return "未提交：该意见或申报表已不能查看。";
  const page = parsed(await response.text());
  const reasons = [...page.querySelectorAll("[data-comment-error]")].map((each) => each.textContent.trim());
  return reasons.filter(Boolean).join(" ") || FAILED;
}

async function stored(form) {
  const kind = form.dataset.commentForm;
  const thread = form.closest(".thread")?.id;
  for (const field of [form.elements.path, form.elements.text].filter(Boolean)) {
    field.value = "";
    changed(field);
  }
  status.textContent = DONE[kind];
  try {
    const response = await request(location.href, {});
    if (!response.ok) throw new Error(response.statusText);
    redraw(parsed(await response.text()));
  } catch {
    status.textContent = `${DONE[kind]}本页未能更新，请刷新页面查看。`;
    return;
  }
  const goOn = { new: form.elements.text, answer: document.getElementById(thread) }[kind];
  (goOn ?? document.getElementById("open-comments")).focus();
}

// Puts the parts of the new page in the place of the old ones; what is typed and opened in them stays.
function redraw(page) {
  for (const old of document.querySelectorAll("[data-redraw]")) {
    const fresh = page.querySelector(`[data-redraw="${old.dataset.redraw}"]`);
    if (!fresh) continue;
    const typed = [...old.querySelectorAll("textarea[id]")].map((box) => [box.id, box.value]);
    const opened = [...old.querySelectorAll("details[id][open]")].map((box) => box.id);
    old.replaceWith(fresh);
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, text] of typed) {
      const box = document.getElementById(id);
      if (box && text) box.value = text;
      else if (box) box.closest("details")?.removeAttribute("open");
    }
  }
  document.dispatchEvent(new Event("redrawn"));
}

function request(url, options) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ANSWER_WITHIN);
  return fetch(url, { headers: { "X-Background": "yes" }, signal: controller.signal, ...options });
}

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
const changed = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

function say(form, text) {
  const box = form.querySelector("[data-comment-error]");
  if (box) box.textContent = text;
  else status.textContent = text;
}

window.addEventListener("beforeunload", (event) => {
  const answers = document.querySelectorAll('[data-comment-form="answer"] textarea');
  if ([...answers].some((box) => box.value.trim())) event.preventDefault();
});

// A button at the text under the pointer leads to the form; whoever has no pointer chooses the place from its list.
const form = document.querySelector('[data-comment-form="new"]');
const table = document.querySelector("[data-review-table]");

if (form && table) {
  const place = form.elements.path;
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "comment-here",
    textContent: "＋意见",
  });

  const offer = (event) => {
    const cell = event.target.closest("[data-path]");
    if (!cell || cell === button.parentElement) return;
    if ([...place.options].some((option) => option.value === cell.dataset.path)) cell.append(button);
  };

  // The list cuts long words off: they stand below it in full.
  const mark = () => {
    const [chosen] = place.selectedOptions;
    const part = chosen.parentElement.label;
    form.querySelector("[data-place-words]").textContent = chosen.text === part ? "" : `${part} › ${chosen.text}`;
    for (const cell of table.querySelectorAll("[data-path]")) {
      cell.toggleAttribute("data-place-chosen", Boolean(place.value) && cell.dataset.path === place.value);
    }
  };

  table.addEventListener("mouseover", offer);
  table.addEventListener("click", offer);
  button.addEventListener("click", () => {
    place.value = button.closest("[data-path]").dataset.path;
    changed(place);
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    form.elements.text.focus();
  });
  place.addEventListener("input", mark);
  document.addEventListener("redrawn", mark);
}
