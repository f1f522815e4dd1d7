// Evidence of an incident: its files, verification, hold, archive.
import { call, clock, dialog, el, root, t, toast } from "./api.js";

const ASK_AGAIN_MS = 2000;
const when = clock({ dateStyle: "medium", timeStyle: "short" });
const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`);

/** Ask for a reason of at least four letters; resolves to it, or null. */
export async function askReason(title, advice, more = "") {
  const form = await dialog(title, el("div", { class: "form" }, el("p", {}, advice), more,
    el("label", {}, t("review.reason"), el("input", { name: "reason", minlength: 4, maxlength: 200, required: true, autocomplete: "off" }))));
  return form;
}

const row = (name, state, kind, title = "") => el("li", { title }, el("span", { class: "name" }, name), el("span", { class: `badge ${kind}` }, state));

function files(detail) {
  return [
    ...detail.media.map((one) => row(`${one.name} · ${size(one.bytes)}`,
      one.purged_at ? t("review.purged_on", { at: when(one.purged_at) }) : t("review.kept"), one.purged_at ? "normal" : "", `SHA-256 ${one.sha256}`)),
    ...detail.gaps.map((one) => row(one.name, `${t("review.not_written")} ${one.detail}`, "trouble")),
  ];
}

async function verify(detail, list) {
  const found = await call("POST", `/incidents/${detail.incident.id}/verify`);
  list.replaceChildren(...found.files.map((one) => row(one.name || "–", t(`review.fault_${one.state}`),
    { as_signed: "good", purged: "normal" }[one.state] ?? "trouble", one.detail)));
  const none = !found.files.length;
  list.prepend(el("li", { class: "wide", role: "status" }, el("strong", {}, t(none ? "review.nothing_to_verify" : found.sound ? "review.sound" : "review.not_sound"))));
}

async function hold(detail, changed) {
  const { id } = detail.incident;
  const held = detail.hold !== null;
  const form = await askReason(t(held ? "review.release" : "review.hold"), t(held ? "review.release_advice" : "review.hold_advice"));
  if (!form) return;
  const reason = form.get("reason");
  if (held) await call("DELETE", `/incidents/${id}/hold?reason=${encodeURIComponent(reason)}`);
  else await call("POST", `/incidents/${id}/hold`, { reason });
  toast(t("js.saved"));
  await changed();
}

async function save(detail, may) {
  const clear = el("label", { class: "check" }, el("input", { type: "checkbox", name: "clear" }), t("review.export_clear"));
  const form = await askReason(t("review.export"), t("review.export_advice"), may("clear") ? clear : "");
  if (!form) return;
  const wanted = new URLSearchParams({ reason: form.get("reason"), ...(form.get("clear") && { clear: "1" }) });
  const url = `${root}/api/v1/incidents/${encodeURIComponent(detail.incident.id)}/export.zip?${wanted}`;
  let told = false;
  for (;;) {
    const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/zip, application/json" } });
    if (answer.status === 202) {
      if (!told) toast(t("review.export_preparing"));
      told = true;
      await new Promise((wake) => setTimeout(wake, ASK_AGAIN_MS));
      continue;
    }
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({}));
      toast(said.detail ?? t("js.failed", { status: answer.status }), "trouble");
      return;
    }
    const address = URL.createObjectURL(await answer.blob());
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "incident.zip";
    el("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    return;
  }
}

/** The card of an incident's evidence; `changed` is called after a hold was made or ended. */
export function evidence(detail, { may, changed }) {
  const list = el("ul", { class: "files" }, ...files(detail));
  const button = (text, act) => {
    const made = el("button", { type: "button", onclick: async () => {
      made.disabled = true;
      try { await act(); } catch { /* it was said */ } finally { made.disabled = false; }
    } }, text);
    return made;
  };
  const held = detail.hold;
  return el("div", { class: "card" }, el("h3", {}, t("review.evidence")),
    held ? el("p", { class: "notice" }, `${t("review.held")}: ${held.reason} · ${held.held_by} · ${when(held.held_at)}`) : "",
    detail.media.length + detail.gaps.length ? list : el("p", { class: "muted" }, t("review.no_files")), detail.media.length + detail.gaps.length ? "" : list,
    el("div", { class: "row" },
      may("verify") ? button(t("review.verify"), () => verify(detail, list)) : "",
      may("hold") ? button(t(held ? "review.release" : "review.hold"), () => hold(detail, changed)) : "",
      may("export") ? button(t("review.export"), () => save(detail, may)) : ""));
}
