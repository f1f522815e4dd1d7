// One incident in full: pictures, facts, earlier ones, what was told and said.
import { clock, el, t } from "./api.js";
import { evidence } from "./review_evidence.js";
import { mediaUrl, stage } from "./review_player.js";

const written = clock({ dateStyle: "medium", timeStyle: "medium" });
const ages = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "narrow" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export const when = (text) => (text ? written(text) : "–");

/** How long ago something was, in one unit. */
export function age(text) {
  const seconds = Math.max(0, (Date.now() - new Date(text)) / 1000);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
  return ages.format(-Math.floor(seconds / size), unit);
}

export function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return t("review.hours_minutes", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  if (minutes && !Math.floor(seconds % 60)) return t("review.only_minutes", { minutes });
  return minutes ? t("review.minutes", { minutes, seconds: Math.floor(seconds % 60) }) : t("review.seconds", { seconds: Math.round(seconds) });
}

/** A small picture of an incident, or an empty place of the same size. */
export const thumbnail = (one) => (one.still
  ? el("img", { class: "thumb", src: mediaUrl(one.id, one.still), alt: "", loading: "lazy" })
  : el("span", { class: "thumb", "aria-hidden": "true" }, "–"));

const badge = (kind, text) => el("span", { class: `badge ${kind}` }, text);

/** The clip first; else the still that says most. Purged files are listed below, not shown. */
function player(detail, reason, where) {
  const there = detail.media.filter((one) => !one.purged_at);
  const clip = there.find((one) => one.kind === "clip");
  const first = there.find((one) => one.name === where?.name) ?? clip ?? there.find((one) => one.name === detail.incident.still) ?? there[0];
  const why = clip ? "" : noClip(detail);
  if (!first) return { node: el("div", { class: "stack" }, el("p", { class: "notice" }, t(detail.media.length ? "review.purged_media" : "review.no_media")), why), act: () => false, leave: () => {}, plays: () => false, where: () => null };
  let shownNow = first;
  let on = stage(detail, first, reason, where?.name === first.name ? where.seconds : 0);
  const place = el("div", {}, on.node);
  const choose = (file, button) => {
    on.leave();
    shownNow = file;
    on = stage(detail, file, reason);
    place.replaceChildren(on.node);
    for (const other of choices) other.setAttribute("aria-pressed", String(other === button));
  };
  const choices = there.map((file) => {
    const button = el("button", { type: "button", title: file.name, "aria-pressed": String(file === first), onclick: () => choose(file, button) },
      file.kind === "clip" ? el("span", { class: "thumb", "aria-hidden": "true" }, "▶") : el("img", { class: "thumb", src: mediaUrl(detail.incident.id, file.name), alt: "", loading: "lazy" }),
      el("span", {}, nameOf(file)));
    return button;
  });
  return {
    node: el("div", { class: "stack" }, place, why, el("div", { class: "stills" }, ...choices)),
    act: (name) => on.act(name),
    leave: () => on.leave(),
    plays: () => on.plays?.() ?? false,
    where: () => ({ name: shownNow.name, seconds: on.seconds?.() ?? 0 }),
  };
}

function nameOf(file) {
  const word = file.name.match(/^[a-z]+/)?.[0] ?? "";
  const known = ["first", "opened", "warned", "updated", "cleared", "clip"].includes(word) ? t(`review.file_${word}`) : file.name;
  return file.annotated ? `${known} · ${t("review.annotated")}` : known;
}

function noClip({ clip, media }) {
  if (media.some((one) => one.kind === "clip")) return "";
  if (!clip) return el("p", { class: "muted" }, t("review.no_clip"));
  if (clip.state === "wanted") return el("p", { class: "notice" }, t("review.clip_wanted"));
  const why = t(`review.clip_fault_${clip.fault}`) + (clip.fault === "other" ? ` ${clip.detail}` : "");
  return el("p", { class: "notice" }, t("review.clip_missing", { why }));
}

function facts(detail) {
  const { incident: one, facts: told } = detail;
  const basis = told.basis ?? { parts: {}, evidence: [], missing: [] };
  const parts = Object.entries(basis.parts ?? {}).map(([name, part]) => `${name} ${part}`).join(" × ");
  const clockState = told.clock ? t(told.clock.synced ? "review.clock_synced" : "review.clock_not_synced") : "–";
  const rows = [
    ["review.camera", one.camera_id],
    ["review.place", one.place ?? one.zone_id ?? "–"],
    ["review.address", told.location?.address],
    ["review.rule", told.rule?.dwell_s ? `${told.rule.name} > ${lasting(told.rule.dwell_s)}` : one.rule],
    ["review.first_seen", when(one.first_seen_at)],
    ["review.opened", when(one.opened_at)],
    ["review.observed", when(one.observed_at)],
    ["review.cleared", one.cleared_at && when(one.cleared_at)],
    ["review.dwell", lasting(one.dwell_s)],
    ["review.confidence", `${one.confidence.toFixed(2)}${parts ? ` = ${parts}` : ""}`],
    ["review.basis", basis.evidence?.join(", ")],
    ["review.missing", basis.missing?.join(", ")],
    ["review.label", one.label],
    ["review.clock", clockState],
  ];
  return el("dl", { class: "facts" }, ...rows.filter(([, value]) => value).flatMap(([key, value]) => [el("dt", {}, t(key)), el("dd", {}, value)]));
}

/** What was told to the platform, each verdict with who gave it. */
function history(detail) {
  const said = new Map(detail.reviews.map((one) => [one.revision, one]));
  return detail.revisions.map((revision) => {
    const one = said.get(revision.revision);
    const words = !one ? [] : [
      one.verdict ? t(`verdict.${one.verdict}`) : t("review.taken_back"),
      one.reason && t(`reason.${one.reason}`), one.corrected_type && t(`type.${one.corrected_type}`), one.note, one.reviewer];
    return el("li", { value: revision.revision }, [when(one?.at ?? revision.observed_at), t(`review.action_${revision.action}`), ...words.filter(Boolean)].join(" · "));
  });
}

/** What the platform says of its case, step by step, the latest first. */
function platformCase(told) {
  if (!told) return el("p", { class: "muted" }, t("review.case_none"));
  const rows = [["review.case_number", told.case_number], ["review.case_department", told.department]].filter(([, value]) => value);
  const moves = [...told.moves].reverse().map((one) => el("li", {}, el("span", { class: "row" },
    el("time", { class: "muted", datetime: one.at }, when(one.at)), badge("case", t(`case_state.${one.state}`))), one.text ? el("p", { class: "said" }, one.text) : ""));
  return el("div", { class: "stack" }, rows.length ? el("dl", { class: "facts" }, ...rows.flatMap(([key, value]) => [el("dt", {}, t(key)), el("dd", {}, value)])) : "",
    el("ul", { class: "moves" }, ...moves));
}

function earlier(one, open) {
  const verdict = one.verdict ?? "pending";
  return el("li", {}, el("button", { type: "button", onclick: () => open(one.id) }, thumbnail(one),
    el("span", { class: "words" }, el("span", {}, `${when(one.opened_at)} · ${lasting(one.dwell_s)}`),
      el("span", { class: "row" }, badge(verdict, t(`verdict.${verdict}`)), one.reason ? t(`reason.${one.reason}`) : ""))));
}

/** Return the whole detail as nodes, and what its player can do; `open` is called with an id. */
export function shown(detail, { buttons, open, reason, where, may, changed }) {
  const one = detail.incident;
  const verdict = one.verdict ?? "pending";
  const on = player(detail, reason, where);
  const similar = detail.similar.map((other) => earlier(other, open));
  const nodes = [
    el("div", { class: "card stack" },
      el("div", { class: "row" },
        el("h2", { class: "title", tabindex: -1 }, `${t(`type.${one.type}`)} · ${one.place ?? one.zone_id ?? one.camera_id}`),
        badge(one.severity, t(`severity.${one.severity}`)), one.stage === "warning" ? badge(one.stage, t(`stage.${one.stage}`)) : "",
        badge("", t(`review.state_${one.state}`)), badge(verdict, t(`verdict.${verdict}`)),
        one.case ? badge("case", t("review.case_is", { state: t(`case_state.${one.case}`) })) : "",
        detail.hold ? badge("reclassified", t("review.held")) : ""),
      on.node,
      el("div", { class: "acts" },
        buttons.others.length ? el("div", { class: "row others" }, ...buttons.others) : "",
        buttons.verdicts.length ? el("div", { class: "verdicts" }, ...buttons.verdicts) : "")),
    el("div", { class: "columns" },
      el("div", { class: "card" }, el("h3", {}, t("review.facts")), facts(detail)),
      el("div", { class: "card", "data-case": "" }, el("h3", {}, t("review.case")), platformCase(detail.case)),
      el("div", { class: "card" }, el("h3", {}, t("review.similar")),
        similar.length ? el("ul", { class: "similar" }, ...similar) : el("p", { class: "muted" }, t("review.no_similar"))),
      el("div", { class: "card" }, el("h3", {}, t("review.history")), el("ol", { class: "history" }, ...history(detail))),
      evidence(detail, { may, changed })),
  ];
  return { nodes, act: on.act, leave: on.leave, plays: on.plays, where: on.where };
}
