// What htmx posts carries the CSRF token as it is now, not as it was when the page came.

import { csrfToken } from "./csrf.js";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "post") event.detail.parameters.csrfmiddlewaretoken = csrfToken();
});
