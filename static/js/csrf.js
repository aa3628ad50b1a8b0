// The CSRF token as it is now: whoever had to sign in again, perhaps in another window, has a new one.

export const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

// The token is gone, or of an ended session: any page of ours sets a new one.
export const renewCsrfToken = (page, options = {}) => fetch(page, { headers: { "X-Background": "yes" }, ...options });
