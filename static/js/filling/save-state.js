// Says in words, to eyes and to screen readers, whether everything is stored.

const element = () => document.getElementById("save-state");

let said = "";

function say(text, kind = "") {
  if (text === said) return;
  said = text;
  const words = document.createElement("span");
  words.textContent = text;
  if (kind) words.className = `save-state-${kind}`;
  element().replaceChildren(words);
}

export const showSaved = (time) => say(`已保存 ${time}`, "good");
export const showSaving = () => say("正在保存……");
export const showCut = (kept) =>
  say(kept ? "未保存：网络中断，已暂存在本机" : "未保存：网络中断，请勿关闭本页", "bad");
export const showServerError = (kept) =>
  say(kept ? "未保存：服务器暂时不可用，已暂存在本机" : "未保存：服务器暂时不可用，请勿关闭本页", "bad");
export const showTrouble = () => say("有内容未保存，见标出之处", "bad");
export const showUnsaved = () => say("未保存", "bad");

// A message that stays until it is taken away; `link` is {href, text}.
export function showMessage(text, link = null) {
  const place = document.getElementById("save-message");
  if (!text) {
    place.replaceChildren();
    return;
  }
  if (place.textContent.trim() === text + (link?.text ?? "")) return;
  const box = document.createElement("div");
  box.className = "alert alert-danger";
  box.append(text);
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.href, textContent: link.text, target: "_blank", rel: "opener" });
    box.append(anchor);
  }
  place.replaceChildren(box);
}
