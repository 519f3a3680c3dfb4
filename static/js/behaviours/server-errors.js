// What the server refuses to htmx is said in the corner: the server's own sentence when it sent one.

import { toast } from "./toast.js";

export function serverErrors() {
  document.body.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    const type = xhr.getResponseHeader("Content-Type") || "";
    const own = type.startsWith("text/plain") && xhr.responseText.length < 300 ? xhr.responseText : "";
    toast(own || `操作没有完成(${xhr.status})，请刷新页面后重试。`, { kind: "error" });
  });
  document.body.addEventListener("htmx:sendError", () => {
    toast("网络不通，没有保存。请检查网络后重试。", { kind: "error" });
  });
}
