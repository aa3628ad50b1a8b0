// What the server has not confirmed yet, kept in the browser's database until it has: it outlives a closed tab, a crash
// and an ended session. Every entry belongs to one person, who alone gets it back, and goes when that person signs out.

const DATABASE = "perfgoals";
const STORE = "unsaved";
// Longer than the longest holidays.
const KEPT_DAYS = 30;
const OPENS_WITHIN = 3000;

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      // Somebody clears the browser's data: the next time it is made anew.
      database.onclose = () => (opening = null);
      database.onversionchange = () => {
        database.close();
        opening = null;
      };
      resolve(database);
    };
    // A damaged profile may never answer; saving does not wait for it.
    setTimeout(() => reject(new Error("the browser's database does not open")), OPENS_WITHIN);
  });
  return opening;
}

async function transact(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    // Strict: a crash of the machine loses nothing that was reported as kept.
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const result = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(result?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

// Keeps the entries, each under its id in place of what was kept before, and throws those with the ids `dropped` away.
export const write = (entries, dropped = []) =>
  transact("readwrite", (store) => {
    for (const entry of entries) store.put({ ...entry, keptAt: Date.now() });
    for (const id of dropped) store.delete(id);
  });

// The entries of a person, the oldest first; those of anybody that were left for too long are thrown away.
export async function entriesOf(user) {
  const entries = await transact("readonly", (store) => store.getAll());
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  const expired = entries.filter((entry) => entry.keptAt < oldest);
  if (expired.length) await write([], expired.map((entry) => entry.id));
  return entries.filter((entry) => entry.user === user && entry.keptAt >= oldest).sort((a, b) => a.keptAt - b.keptAt);
}

// Leaves nothing of the person's behind.
export async function clearOf(user) {
  const entries = await transact("readonly", (store) => store.getAll());
  await write([], entries.filter((entry) => entry.user === user).map((entry) => entry.id));
}
