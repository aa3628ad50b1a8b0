// Signing in and out, as the other windows of the same browser must know it; and signing out leaves nothing behind.

import { csrfToken, renewCsrfToken } from "./csrf.js";
import { clearOf, entriesOf, write } from "./stash.js";

const form = document.querySelector("[data-sign-out]");
const channel = new BroadcastChannel("perfgoals-session");

// What the server says that it has taken need not be kept any longer.
const taken = [...document.querySelectorAll("[data-taken]")].map(({ dataset }) => `draft/${dataset.taken}`);
if (taken.length) write([], taken).catch(() => {});

channel.postMessage({ signedIn: form.dataset.user });
channel.addEventListener("message", ({ data }) => data.signedOut === form.dataset.user && leave(data.url));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signOut();
});

async function signOut() {
  const waiting = [];
  document.dispatchEvent(new CustomEvent("leaving", { detail: { waitFor: (promise) => waiting.push(promise) } }));
  await Promise.all(waiting);
  const unsaved = await entriesOf(Number(form.dataset.user)).catch(() => []);
  if (unsaved.length && !confirm(question(unsaved))) return;
  try {
    let response = await post();
    if (response.status === 403) {
      await renewCsrfToken(location.href);
      response = await post();
    }
    if (!response.ok) throw new Error(response.statusText);
    channel.postMessage({ signedOut: form.dataset.user, url: response.url });
    await leave(response.url);
  } catch {
    alert("网络中断或服务器暂时不可用，尚未退出。请稍后再试。");
  }
}

function post() {
  const body = new FormData(form);
  body.set("csrfmiddlewaretoken", csrfToken());
  return fetch(form.action, { method: "POST", body });
}

// Every window forgets what it holds before it clears what is kept, so that none keeps it again.
async function leave(url) {
  document.dispatchEvent(new Event("signed-out"));
  await clearOf(Number(form.dataset.user)).catch(() => {});
  location.replace(url);
}

function question(unsaved) {
  const places = [...new Set(unsaved.map((entry) => entry.label))].join("、");
  return `${places}中有 ${unsaved.length} 处内容尚未保存到服务器。退出后，这些内容将从本机清除。仍要退出吗？`;
}
