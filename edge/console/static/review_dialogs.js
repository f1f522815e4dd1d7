// What is asked before a verdict: why, what instead, of which; and the places that are kept quiet.
import { call, dialog, el, t, toast } from "./api.js";
import { lasting, thumbnail, when } from "./review_detail.js";

/** Let one of several be chosen with a digit or a click; resolves to the form, or null. */
function choose(title, names, content, below = "") {
  const field = el("input", { type: "hidden", name: "choice" });
  const list = el("div", { class: "choices-list" });
  const box = el("div", { class: "form" }, list, below, field);
  const take = (name) => {
    field.value = name;
    const form = box.closest("form");
    if (form.reportValidity()) form.querySelector("button[value=yes]").click();
  };
  list.append(...names.map((name, number) => el("button", { type: "button", onclick: () => take(name) },
    number < 9 ? el("kbd", {}, String(number + 1)) : "", content(name))));
  const answer = dialog(title, box);
  // The choice itself is the answer: there is nothing left to be confirmed.
  box.closest("form").querySelector("button[value=yes]").hidden = true;
  list.querySelector("button")?.focus();
  box.closest("dialog").addEventListener("keydown", (event) => {
    if (event.target.matches("input:not([type=checkbox]), select")) return;
    const name = /^[1-9]$/.test(event.key) ? names[Number(event.key) - 1] : undefined;
    if (name !== undefined) { event.preventDefault(); take(name); }
  });
  return answer.then((form) => (form?.get("choice") ? form : null));
}

const HOURS = [[1, "review.for_hour"], [24, "review.for_day"], [168, "review.for_week"], [720, "review.for_month"]];
const hours = () => el("select", { name: "hours" }, ...HOURS.map(([value, key]) => el("option", { value, selected: value === 24 }, t(key))));

/** Why it is none, and whether the place is kept quiet; resolves to {verdict, quiet}, or null. */
export async function askRejection(reasons, { box }, maySuppress) {
  const quiet = maySuppress && box ? el("fieldset", {},
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "quiet" }), t("review.also_suppress")),
    el("label", {}, t("review.for_how_long"), hours())) : "";
  const note = el("label", {}, t("review.note"), el("input", { name: "note", maxlength: 500, autocomplete: "off" }));
  const form = await choose(t("review.why"), reasons, (name) => t(`reason.${name}`), el("div", { class: "form" }, note, quiet));
  if (!form) return null;
  const reason = form.get("choice");
  return {
    verdict: { verdict: "rejected", reason, note: form.get("note") ?? "" },
    quiet: form.get("quiet") ? { hours: Number(form.get("hours")), reason: t(`reason.${reason}`) } : null,
  };
}

export async function askType(types, { type }) {
  const form = await choose(t("review.what"), types.filter((name) => name !== type), (name) => t(`type.${name}`));
  return form && { verdict: "reclassified", corrected_type: form.get("choice") };
}

const UNKNOWN = "?";

/** Of which it is a duplicate: one of the earlier ones here, or nobody knows; resolves to a verdict. */
export async function askOriginal(similar) {
  const byId = new Map(similar.map((one) => [one.id, one]));
  const form = await choose(t("review.of_which"), [...byId.keys(), UNKNOWN], (id) => {
    const one = byId.get(id);
    if (!one) return t(similar.length ? "review.of_unknown" : "review.of_none_here");
    return el("span", { class: "row" }, thumbnail(one), el("span", {}, `${when(one.opened_at)} · ${lasting(one.dwell_s)} · ${t(`verdict.${one.verdict ?? "pending"}`)}`));
  });
  if (!form) return null;
  const id = form.get("choice");
  return { verdict: "duplicate", ...(id !== UNKNOWN && { duplicate_of: id }) };
}

/** Ask for how long and why a place is kept quiet, and do it. */
export async function suppress({ id, box }) {
  if (!box) { toast(t("review.no_place"), "trouble"); return; }
  const form = await dialog(t("review.do_suppress"), el("div", { class: "form" },
    el("p", {}, t("review.suppress_advice")), el("label", {}, t("review.for_how_long"), hours()),
    el("label", {}, t("review.reason"), el("input", { name: "reason", maxlength: 200, required: true, autocomplete: "off" }))));
  if (form) await keepQuiet(id, { hours: Number(form.get("hours")), reason: form.get("reason") });
}

export async function keepQuiet(id, body) {
  const made = await call("POST", `/incidents/${id}/suppress`, body);
  toast(t("review.quiet_until", { at: when(made.until) }));
}

/** Show the places that are kept quiet; who may can end it. */
export async function suppressions(mayLift) {
  const list = el("ul", { class: "files" });
  const draw = (found) => list.replaceChildren(...(found.length ? found.map((one) => el("li", { class: "wide" },
    el("strong", {}, `${t(`type.${one.type}`)} · ${one.camera_id}${one.zone_id ? ` · ${one.zone_id}` : ""}`),
    el("span", {}, t("review.quiet_facts", { at: when(one.until), hits: one.hits })),
    el("span", { class: "muted" }, `${one.reason} · ${one.by} · ${when(one.made_at)}`),
    mayLift ? el("button", { type: "button", onclick: async () => {
      await call("DELETE", `/suppressions/${one.id}`).catch(() => {});
      draw(await call("GET", "/suppressions"));
    } }, t("review.lift")) : "")) : [el("li", { class: "muted" }, t("review.no_quiet"))]));
  draw(await call("GET", "/suppressions"));
  await dialog(t("review.quiet_places"), list, { confirm: t("js.close") });
}
