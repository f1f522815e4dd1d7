// The configuration as the pages change it: the difference, the remark, the history.
import { call, clock, dialog, el, t, toast } from "./api.js";

const when = clock({ dateStyle: "medium", timeStyle: "medium" });

/** Return the lines of a unified diff, marked by what becomes of them. */
export function difference(text) {
  const shown = el("pre", { class: "diff", tabindex: "0" });
  for (const line of text.split("\n")) {
    const kind = { "+": "added", "-": "removed", "@": "place" }[line[0]] ?? "same";
    shown.append(el("span", { class: kind }, `${line}\n`));
  }
  return shown;
}

/**
 * Check changes, show what they do, ask for a remark and save them.
 * Calls `refused(problems)` where they cannot be accepted; returns the new version, undefined if nothing was saved.
 */
export async function save(changes, version, refused) {
  const checked = await call("POST", "/configuration/check", { changes });
  refused(checked.problems);
  if (checked.problems.length) return undefined;
  if (!checked.diff) {
    toast(t("cameras.js.no_change"));
    return undefined;
  }
  const answer = await dialog(t("cameras.js.save_title"), el("div", { class: "form" },
    difference(checked.diff),
    el("label", {}, t("cameras.js.remark"), el("input", { name: "remark", maxlength: 200, autocomplete: "off", required: true })),
  ), { confirm: t("cameras.js.save") });
  if (!answer) return undefined;
  return write("PUT", "/configuration", { changes, version, remark: answer.get("remark").trim() });
}

async function write(method, path, body) {
  try {
    const saved = await call(method, path, body, { quiet: true });
    toast(t("cameras.js.saved"));
    return saved.version;
  } catch (error) {
    if (error.status !== 409) {
      toast(error.message, "trouble");
      return undefined;
    }
    const [last] = await call("GET", "/configuration/history");
    const by = last?.by ?? "?";
    const again = await dialog(t("cameras.js.conflict"), el("p", {}, t("cameras.js.conflict_advice", { by })), { confirm: t("cameras.js.reload") });
    if (again) location.reload();
    return undefined;
  }
}

/** Show the accepted states of the file; one may go back to any of them. */
export async function history(version, { editable }) {
  const states = await call("GET", "/configuration/history");
  const list = el("ol", { class: "history" });
  const box = el("div", { class: "form" }, states.length ? list : el("p", {}, t("cameras.js.no_history")));
  states.forEach((state, at) => {
    const details = el("details", {
      ontoggle: async () => {
        if (!details.open || details.dataset.loaded) return;
        details.dataset.loaded = "yes";
        const { diff } = await call("GET", `/configuration/history/${state.id}`);
        details.append(diff ? difference(diff) : el("p", { class: "muted" }, t("cameras.js.no_change")));
        if (editable && at > 0) details.append(el("button", { type: "button", class: "danger", onclick: () => goBack(state, version) }, t("cameras.js.roll_back")));
      },
    }, el("summary", {}, el("strong", {}, `${state.id}`), ` ${when(state.saved_at)} · ${state.by}`,
      state.remark ? ` · ${state.remark}` : "", at === 0 ? ` · ${t("cameras.js.now")}` : ""));
    list.append(el("li", {}, details));
  });
  await dialog(t("cameras.js.history"), box, { confirm: t("cameras.js.close") });
}

async function goBack(state, version) {
  const answer = await dialog(t("cameras.js.roll_back"), el("div", { class: "form" },
    el("p", {}, t("cameras.js.roll_back_question", { id: state.id })),
    el("label", {}, t("cameras.js.remark"), el("input", { name: "remark", maxlength: 200, autocomplete: "off", required: true })),
  ), { danger: true });
  if (!answer) return;
  const path = `/configuration/history/${state.id}/roll-back`;
  if (await write("POST", path, { version, remark: answer.get("remark").trim() })) location.reload();
}
