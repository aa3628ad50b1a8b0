"""What a browser keeps for the site."""

from playwright.sync_api import Page

NOTHING = {"unsaved": [], "local": 0, "session": 0, "caches": []}


def left_behind(page: Page) -> dict[str, object]:
    """Everything in the browser's stores; `NOTHING` where there is none."""
    return page.evaluate(
        """async () => {
            const found = {unsaved: [], local: localStorage.length, session: sessionStorage.length, caches: []};
            if (window.caches) found.caches = await caches.keys();
            for (const {name} of await indexedDB.databases()) {
                const database = await new Promise((resolve) => {
                    const request = indexedDB.open(name);
                    request.onsuccess = () => resolve(request.result);
                });
                for (const store of database.objectStoreNames) {
                    const request = database.transaction(store).objectStore(store).getAll();
                    found.unsaved.push(...await new Promise((resolve) => {
                        request.onsuccess = () => resolve(request.result);
                    }));
                }
                database.close();
            }
            return found;
        }"""
    )
