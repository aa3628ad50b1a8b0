// Talks with the server: sends what waits in the outbox, again after a failure, and asks from time to time what is new.

import * as outbox from "./outbox.js";
import { form } from "./rows.js";
import * as state from "./save-state.js";
import { isJson, post } from "./server.js";

const SEND_AFTER = 800;
const SEND_AT_LATEST = 5000;
const ASK_EVERY = 20_000;
const RETRY_AFTER = [2000, 4000, 8000, 15_000];
// What a browser takes along from a page that is closing: 64 KiB in all.
const MAX_PARTING_BYTES = 60_000;

const listeners = [];
let running = null;
let timer = null;
let waitingSince = null;
// Whether somebody still waits to read that everything is stored.
let isOwed = false;
let failures = 0;
let showFailure = null;
// Why nothing is stored for the time being: "session", "user", "closed" or "gone".
const wasClosed = Boolean(form().dataset.readOnly);
let stopped = wasClosed ? "closed" : "";
// After a request that the server did not understand, one row at a time, to find the one that it does not take.
let oneByOne = false;

// `listener(answer, batch)` is called with each answer, when the entries of the batch are settled. It may be async.
export const whenAnswered = (listener) => listeners.push(listener);

function wake(delay) {
  clearTimeout(timer);
  timer = setTimeout(send, delay);
}

// Something is to be sent: soon, when the typing pauses.
function schedule() {
  isOwed = true;
  showWaiting();
  waitingSince ??= Date.now();
  if (!failures) wake(Math.min(SEND_AFTER, Math.max(0, waitingSince + SEND_AT_LATEST - Date.now())));
}

function showWaiting() {
  if (stopped) state.showUnsaved();
  else if (failures) showFailure(outbox.isKept());
  else state.showSaving();
}

// Sends what waits, one request at a time; resolves after its answer.
export function send() {
  running ??= exchange().finally(() => {
    running = null;
  });
  return running;
}

// Sends all there is; resolves to whether everything is stored.
export async function flush() {
  await running;
  for (let turn = 0; turn < 3 && outbox.isWaiting(); turn += 1) await send();
  await outbox.keep();
  return outbox.isEmpty();
}

async function exchange() {
  // Whatever happens here, it goes on.
  wake(ASK_EVERY);
  waitingSince = null;
  const batch = stopped === "closed" ? [] : outbox.takeUp(oneByOne ? 1 : Infinity);
  await outbox.keep();
  const answer = await ask(batch);
  if (!answer) return;
  failures = 0;
  for (const entry of batch) {
    if (answer.refusal) outbox.takeBack(entry);
    else outbox.settle(entry, answer.rows[entry.key]);
  }
  outbox.keep();
  if (!answer.stale) form().dataset.seen = answer.seen;
  if (answer.readOnly) close(answer.readOnly);
  else if (stopped) go();
  for (const listener of listeners) await listener(answer, batch);
  showOutcome(answer.time);
  goOn();
}

function showOutcome(time) {
  if (outbox.isBlocked()) state.showTrouble();
  if (!outbox.isEmpty() || !isOwed) return;
  state.showSaved(time);
  isOwed = false;
}

function goOn() {
  oneByOne &&= outbox.isWaiting();
  if (oneByOne) wake(0);
  else if (outbox.isWaiting() && !stopped) schedule();
}

// The server's answer to the batch, or null where there is none; the reason is then shown.
async function ask(batch) {
  const text = requestText(batch);
  let response;
  try {
    response = await post(form().dataset.autosave, text);
  } catch {
    return fail(state.showCut);
  }
  // Only one thing redirects a request that is signed in.
  if (response.redirected) {
    return stop("session", "须先修改密码才能继续填报。", { href: response.url, text: "在新窗口修改密码" });
  }
  if ([401, 403].includes(response.status)) return stop("session", "登录已失效，重新登录后自动保存。", signIn());
  if (response.status === 404) return stop("gone", "服务器上已找不到本申报表，或者当前登录的人员无权填报。");
  const answer = isJson(response) ? await response.json().catch(() => null) : null;
  if (response.status === 409 && answer) return stop("user", answer.message, signIn());
  if (response.ok && answer) return answer;
  if (response.status === 400 && batch.length) return isolate(batch);
  return fail(state.showServerError);
}

function requestText(batch) {
  const { user, page, seen } = form().dataset;
  return JSON.stringify({ user: Number(user), page, seen, ...outbox.request(batch) });
}

function signIn() {
  const next = encodeURIComponent(form().getAttribute("action"));
  return { href: `${form().dataset.signIn}?next=${next}`, text: "在新窗口登录" };
}

function fail(show) {
  wake(RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)]);
  failures += 1;
  showFailure = show;
  if (!outbox.isEmpty()) showWaiting();
  return null;
}

// The server does not understand the request: what it does not take is set aside, so that the rest is stored.
function isolate(batch) {
  if (batch.length > 1) {
    oneByOne = true;
    wake(0);
    return null;
  }
  const [entry] = batch;
  outbox.settle(entry, { state: "refused" });
  state.showTrouble();
  state.showMessage(`“${entry.label}”中有一行内容服务器无法识别，未能保存。请先复制留存，刷新本页后重试。`);
  goOn();
  return null;
}

function stop(why, message, link = null) {
  stopped = why;
  if (!outbox.isEmpty()) showWaiting();
  state.showMessage(outbox.isEmpty() || !outbox.isKept() ? message : `${message}您填写的内容已暂存在本机。`, link);
  return null;
}

function close(reason) {
  const isNew = stopped !== "closed";
  stopped = "closed";
  form().dataset.readOnly = reason;
  if (!outbox.isEmpty()) {
    showWaiting();
    state.showMessage(`${reason}您尚未保存的内容仍保留在本页，可先复制留存。`);
  } else if (isNew) {
    state.showMessage(reason);
  }
}

function go() {
  // A page that came without its buttons gets them now.
  if (wasClosed) location.reload();
  stopped = "";
  form().dataset.readOnly = "";
  state.showMessage("");
}

// Takes along what waits when the page closes; the stash has it too, for the next time.
export function part() {
  if (!stopped && !outbox.isEmpty()) {
    const text = requestText(outbox.takeUp());
    const options = { keepalive: true, signal: undefined };
    if (new Blob([text]).size < MAX_PARTING_BYTES) post(form().dataset.autosave, text, options).catch(() => {});
  }
  outbox.keep();
}

export const isAnswering = () => !failures && !stopped;

export function start() {
  outbox.whenChanged(schedule);
  window.addEventListener("online", send);
  window.addEventListener("focus", send);
  document.addEventListener("visibilitychange", () => (document.hidden ? outbox.keep() : send()));
  document.addEventListener("signed-out", outbox.abandon);
  // Somebody has signed in, in another window.
  new BroadcastChannel("perfgoals-session").addEventListener("message", () => stopped && send());
  isOwed = !outbox.isEmpty();
  send();
}
