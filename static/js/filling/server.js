// Requests that carry JSON to the server.

import { csrfToken, renewCsrfToken } from "../csrf.js";
import { form } from "./rows.js";

const ANSWER_WITHIN = 20_000;

function timeout() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ANSWER_WITHIN);
  return controller.signal;
}

const attempt = (url, text, options) =>
  fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: text,
    signal: timeout(),
    ...options,
  });

// Posts a JSON text; answers the response and rejects where there is none.
export async function post(url, text, options = {}) {
  const response = await attempt(url, text, options);
  if (response.status !== 403) return response;
  await renewCsrfToken(form().getAttribute("action"), { signal: timeout() });
  return attempt(url, text, options);
}

export const isJson = (response) => Boolean(response.headers.get("Content-Type")?.includes("json"));
