// One incident in full: player with zone and box over it, facts, earlier ones, what was said.
import { el, root, t } from "./api.js";

const SVG = "http://www.w3.org/2000/svg";
const zoneOf = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "medium" });

export const when = (text) => (text ? zoneOf.format(new Date(text)) : "–");

export function mediaUrl(id, name, reason) {
  const clear = reason ? `?clear=1&reason=${encodeURIComponent(reason)}` : "";
  return `${root}/media/incidents/${encodeURIComponent(id)}/${encodeURIComponent(name)}${clear}`;
}

export function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes ? t("review.minutes", { minutes, seconds: Math.round(seconds % 60) }) : t("review.seconds", { seconds: Math.round(seconds) });
}

/** Draw the zone and the box in shares of the picture over it. */
function overlay(zone, box) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const shape = (name, attributes) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    svg.append(node);
  };
  if (zone) shape("polygon", { class: "zone-line", points: zone.map((corner) => corner.join(",")).join(" ") });
  if (box) shape("rect", { class: "box-line", x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1] });
  return svg;
}

function view(detail, name, type, reason) {
  const url = mediaUrl(detail.incident.id, name, reason);
  const shown = type.startsWith("video/")
    ? el("video", { src: url, controls: true, muted: true, playsinline: true, preload: "metadata", "aria-label": name })
    : el("img", { src: url, alt: t("review.still", { name }) });
  return el("div", { class: "picture" }, shown, overlay(detail.zone, detail.incident.box));
}

/** The player, and below it the other pictures to choose from. */
function player(detail, reason) {
  const clip = detail.media.find((one) => one.media_type.startsWith("video/"));
  const stills = detail.media.filter((one) => one.media_type.startsWith("image/"));
  const chosen = clip ?? stills.at(-1);
  if (!chosen) return el("p", { class: "notice" }, t("review.no_media"));
  const stage = el("div", {}, view(detail, chosen.name, chosen.media_type, reason));
  const choices = detail.media.map((one) => el(
    "button",
    { type: "button", onclick: () => stage.replaceChildren(view(detail, one.name, one.media_type, reason)) },
    one.media_type.startsWith("image/") ? el("img", { src: mediaUrl(detail.incident.id, one.name, reason), alt: "", loading: "lazy" }) : "▶",
    el("span", {}, one.name),
  ));
  return el("div", { class: "stack" }, stage, el("div", { class: "stills" }, ...choices));
}

function facts(detail) {
  const { incident: one, facts: told } = detail;
  const basis = told.basis ?? { parts: {}, evidence: [], missing: [] };
  const parts = Object.entries(basis.parts).map(([name, part]) => `${name} ${part}`).join(" × ");
  const rows = [
    ["review.camera", one.camera_id],
    ["review.place", one.place ?? one.zone_id ?? "–"],
    ["review.address", told.location?.address ?? "–"],
    ["review.rule", told.rule ? `${told.rule.name} > ${lasting(told.rule.dwell_s)}` : one.rule],
    ["review.first_seen", when(one.first_seen_at)],
    ["review.opened", when(one.opened_at)],
    ["review.observed", when(one.observed_at)],
    ["review.cleared", when(one.cleared_at)],
    ["review.dwell", lasting(one.dwell_s)],
    ["review.confidence", `${one.confidence.toFixed(2)}${parts ? ` = ${parts}` : ""}`],
    ["review.basis", basis.evidence.join(", ") || "–"],
    ["review.missing", basis.missing.join(", ") || "–"],
    ["review.label", one.label || "–"],
  ];
  return el("dl", { class: "facts" }, ...rows.flatMap(([key, value]) => [el("dt", {}, t(key)), el("dd", {}, value)]));
}

function said(detail) {
  return detail.reviews.map((one) => {
    const verdict = one.verdict ? t(`verdict.${one.verdict}`) : t("review.taken_back");
    const more = [one.reason && t(`reason.${one.reason}`), one.corrected_type && t(`type.${one.corrected_type}`), one.note];
    return el("li", {}, `${when(one.at)} · ${one.reviewer} · ${[verdict, ...more.filter(Boolean)].join(" · ")}`);
  });
}

/** Return the whole detail; `open` is called with the id of an earlier one. */
export function shown(detail, { buttons, open, reason }) {
  const one = detail.incident;
  const earlier = detail.similar.map((other) => el("li", {}, el(
    "button", { type: "button", class: "quiet", onclick: () => open(other.id) },
    `${when(other.opened_at)} · ${lasting(other.dwell_s)} · `,
    el("span", { class: `badge ${other.verdict ?? "pending"}` }, t(`verdict.${other.verdict ?? "pending"}`)),
  )));
  return [
    el("div", { class: "card stack" },
      el("div", { class: "row" },
        el("h2", {}, t(`type.${one.type}`)),
        el("span", { class: `badge ${one.severity}` }, t(`severity.${one.severity}`)),
        el("span", { class: `badge ${one.stage}` }, t(`stage.${one.stage}`)),
        el("span", { class: "badge" }, t(`review.state_${one.state}`)),
        el("span", { class: `badge ${one.verdict ?? "pending"}` }, t(`verdict.${one.verdict ?? "pending"}`))),
      player(detail, reason),
      el("div", { class: "verdicts" }, ...buttons),
      facts(detail)),
    el("div", { class: "card" }, el("h3", {}, t("review.similar")),
      earlier.length ? el("ul", { class: "similar" }, ...earlier) : el("p", { class: "muted" }, t("review.no_similar"))),
    detail.reviews.length ? el("div", { class: "card" }, el("h3", {}, t("review.said")), el("ul", {}, ...said(detail))) : "",
  ];
}
