// The tree is swapped as a whole: texts that were unfolded stay unfolded, and where no tree comes back a message says so.

const SIGNED_OUT = "登录已失效，操作未完成。请在新窗口重新登录，再回到本页重试。";

let unfolded = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.shouldSwap && !event.detail.xhr.responseText.includes('id="tree"')) {
    // A sign-in page instead of the tree.
    event.detail.shouldSwap = false;
    failed(SIGNED_OUT);
  }
  unfolded = [...document.querySelectorAll("#tree details[open]")].map((details) => details.closest("li").id);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) {
    const details = document.getElementById(id)?.querySelector(":scope > .node-line > details");
    if (details) details.open = true;
  }
});

document.addEventListener("htmx:sendError", () => failed("网络中断，操作未完成。请稍后重试。"));
document.addEventListener("htmx:responseError", (event) => {
  // 403: the cookies are gone, and the token with them.
  const signedOut = [401, 403].includes(event.detail.xhr.status);
  failed(signedOut ? SIGNED_OUT : "服务器未能完成操作，已填写的内容仍保留在本页。请稍后重试。");
});

function failed(text) {
  const alert = Object.assign(document.createElement("div"), { className: "alert alert-danger", textContent: text });
  document.getElementById("messages").replaceChildren(alert);
}
