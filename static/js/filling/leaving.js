// Leaving the page: what was typed is stored first where that is possible, and goes along where it is not.

import * as exchange from "./exchange.js";
import * as outbox from "./outbox.js";

const LEAVE_WITHIN = 3000;

function linkOf(event) {
  const link = event.target.closest("a[href]");
  const opensHere = link && !link.target && !link.hasAttribute("download") && event.button === 0;
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented);
  const isElsewhere = link?.href.split("#")[0] !== location.href.split("#")[0];
  return opensHere && isPlain && isElsewhere ? link : null;
}

export function start() {
  // The next page shows what was typed on this one.
  window.addEventListener("click", async (event) => {
    const link = linkOf(event);
    if (!link || !outbox.isWaiting() || !exchange.isAnswering()) return;
    event.preventDefault();
    await Promise.race([exchange.flush(), new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN))]);
    location.href = link.href;
  });
  window.addEventListener("pagehide", exchange.part);
  window.addEventListener("beforeunload", (event) => {
    if (!outbox.isEmpty() && !outbox.isKept()) event.preventDefault();
  });
}
