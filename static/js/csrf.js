// The CSRF token as it is now: whoever had to sign in again, perhaps in another window, has a new one.

export const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
