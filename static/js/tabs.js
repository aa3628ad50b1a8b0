// The open windows of the same browser: each has a name, and knows which others are there.

const HEAR_WITHIN = 200;

const channel = new BroadcastChannel("perfgoals-tabs");

// Not crypto.randomUUID: that exists on https only.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export const tab = newKey();

// The names of the other windows that are open.
export function openTabs() {
  const alive = new Set();
  const hear = ({ data }) => data.here && alive.add(data.here);
  channel.addEventListener("message", hear);
  channel.postMessage({ ask: true });
  return new Promise((resolve) => {
    setTimeout(() => {
      channel.removeEventListener("message", hear);
      resolve(alive);
    }, HEAR_WITHIN);
  });
}

channel.addEventListener("message", ({ data }) => {
  if (data.ask) channel.postMessage({ here: tab });
});
