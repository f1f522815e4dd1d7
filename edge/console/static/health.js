// Health: fetch the page's content again every ten seconds while somebody looks at it.
import { call, t, toast } from "./api.js";

const EVERY_MS = 10000;

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok || response.redirected) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const live = document.querySelector("[data-live]");
    const next = fresh.querySelector("[data-live]");
    if (next && next.innerHTML !== live.innerHTML && !live.contains(document.activeElement)) {
      live.replaceWith(document.importNode(next, true));
    }
  } catch { /* the next attempt tells */ }
}
setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);

async function tryReceiver(button) {
  const webhook = button.dataset.try;
  button.disabled = true;
  try {
    const { taken, answer } = await call("POST", `/webhooks/${encodeURIComponent(webhook)}/test`);
    const text = t(taken ? "health.js.webhook_taken" : "health.js.webhook_failed", { webhook, answer });
    toast(text, taken ? "" : "trouble");
  } catch { /* a toast has told */ }
  button.disabled = false;
  button.blur();
}

document.addEventListener("click", async (event) => {
  const tried = event.target.closest("[data-try]");
  if (tried) await tryReceiver(tried);
  const button = event.target.closest("[data-retry]");
  if (!button) return;
  button.disabled = true;
  try {
    const { retried } = await call("POST", "/outbox/retry");
    toast(t("health.js.retried", { count: retried }));
    button.blur();
    await refresh();
  } catch { button.disabled = false; }
});
