// Passages as they happen, and the comparison of the one that was chosen.
import { call, clock, dialog, el, events, root, t, toast } from "./api.js";

const frame = document.querySelector(".gate");
const list = document.querySelector("[data-passages]");
const nothing = document.querySelector("[data-empty]");
const more = document.querySelector("[data-more]");
const compare = document.querySelector("[data-compare]");
const sound = document.querySelector("[data-sound]");
const filter = document.querySelector("[data-filter]");
const may = {
  faces: frame.dataset.faces === "true",
  deny: frame.dataset.deny === "true",
  residents: frame.dataset.residents === "true",
};
const when = clock({ dateStyle: "short", timeStyle: "medium" });
const known = new Map();
let next = null;
let chosen = null;
let audio = null;

/** Ask once per session what one person's passages are looked for. */
async function purpose() {
  const stated = sessionStorage.getItem("purpose");
  if (stated) return stated;
  const field = el("input", { name: "purpose", required: true, minlength: 3, maxlength: 200 });
  const answer = await dialog(t("gate.purpose"), el("label", {}, t("gate.purpose_hint"), field));
  if (!answer) return null;
  sessionStorage.setItem("purpose", answer.get("purpose"));
  return answer.get("purpose");
}

async function query(before) {
  const wanted = new URLSearchParams();
  for (const [key, value] of new FormData(filter)) if (value) wanted.set(key, value);
  if (wanted.has("resident")) {
    const stated = await purpose();
    if (!stated) return null;
    wanted.set("purpose", stated);
  }
  if (before) wanted.set("before", before);
  return wanted;
}

async function load({ before = null, news = false } = {}) {
  const wanted = await query(before);
  if (!wanted) return;
  const page = await call("GET", `/passages?${wanted}`, undefined, { quiet: news });
  if (!before) {
    if (news && page.passages.some((one) => one.alert && one.revision > (known.get(one.id) ?? 0))) beep();
    list.replaceChildren();
  }
  list.append(...page.passages.map(row));
  next = page.next;
  more.hidden = !next;
  nothing.hidden = list.childElementCount > 0;
}

function row(one) {
  known.set(one.id, one.revision);
  const who = one.resident_id ? one.name || one.resident_id : ""; // the nearest is not named here
  const button = el("button", {
    type: "button", class: one.alert ? "alert" : "", "aria-pressed": String(one.id === chosen),
    "data-id": one.id, onclick: () => choose(one),
  },
  el("time", { datetime: one.decided_at }, when(one.decided_at)),
  el("span", { class: `badge ${one.decision}` }, t(`decision.${one.decision}`)),
  el("span", {}, `${one.camera_id} · ${t(`direction.${one.direction}`)}`), el("strong", {}, who));
  if (one.persons > 1) button.append(el("span", { class: "badge warning" }, t("gate.persons", { persons: one.persons })));
  for (const doubt of one.doubts) button.append(el("span", { class: "muted" }, t(`doubt.${doubt}`)));
  return el("li", {}, button);
}

function choose(one) {
  chosen = one.id;
  for (const button of list.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.id === one.id));
  }
  const parts = [el("h2", {}, `${t(`decision.${one.decision}`)} · ${when(one.decided_at)}`)];
  const faces = el("div", { class: "faces" });
  if (may.faces) {
    faces.append(el("button", { type: "button", onclick: () => showFaces(one, faces) }, t("gate.show_faces")));
    parts.push(faces);
  }
  parts.push(one.similarity === null ? el("p", { class: "muted" }, t("gate.not_compared")) : scale(one));
  parts.push(facts(one));
  if (one.nearest && may.deny && one.similarity !== null) {
    const name = one.name || one.nearest;
    parts.push(el("button", { type: "button", class: "danger", onclick: () => deny(one, name) }, t("gate.deny", { name })));
  }
  compare.replaceChildren(...parts);
}

function showFaces(one, faces) {
  const path = `${root}/api/v1/passages/${encodeURIComponent(one.id)}`;
  const figure = (kept, address, title, missing) => el("figure", {},
    kept ? el("img", { src: address, alt: title }) : el("div", { class: "missing" }, missing),
    el("figcaption", { class: "muted" }, title));
  faces.replaceChildren(
    figure(one.face, `${path}/face`, t("gate.probe"), t("gate.no_probe")),
    figure(one.portrait, `${path}/portrait`, t("gate.enrolled"), t("gate.no_portrait")));
}

/** Draw similarity and threshold on a line from 0 to 1. */
function scale(one) {
  const space = "http://www.w3.org/2000/svg";
  const node = (name, attributes, text = "") => {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  const at = (value) => 10 + Math.min(Math.max(value, 0), 1) * 280;
  const picture = node("svg", { class: "scale", viewBox: "0 0 300 44", role: "img" });
  picture.setAttribute("aria-label",
    `${t("gate.similarity")} ${one.similarity.toFixed(2)}, ${t("gate.threshold")} ${one.threshold.toFixed(2)}`);
  picture.append(
    node("line", { class: "line", x1: at(0), x2: at(1), y1: 22, y2: 22 }),
    node("line", { class: "reached", x1: at(0), x2: at(one.similarity), y1: 22, y2: 22 }),
    node("line", { class: "limit", x1: at(one.threshold), x2: at(one.threshold), y1: 12, y2: 32 }),
    node("circle", { cx: at(one.similarity), cy: 22, r: 6 }),
    node("text", { x: at(one.similarity), y: 10, "text-anchor": "middle" }, one.similarity.toFixed(2)),
    node("text", { x: at(one.threshold), y: 43, "text-anchor": "middle" }, `${t("gate.threshold")} ${one.threshold.toFixed(2)}`));
  return picture;
}

function facts(one) {
  const rows = [];
  const add = (title, ...content) => rows.push(el("dt", {}, title), el("dd", {}, ...content));
  if (one.similarity !== null) add(t("gate.similarity"), one.similarity.toFixed(3));
  if (one.margin !== null) add(t("gate.margin"), one.margin.toFixed(3));
  if (one.nearest) {
    const name = one.name ? `${one.name} (${one.nearest})` : one.nearest;
    const link = el("a", { href: `${root}/residents#${encodeURIComponent(one.nearest)}` }, name);
    add(t("gate.nearest"), may.residents ? link : name);
  }
  if (one.doubts.length) add(t("gate.doubts"), one.doubts.map((doubt) => t(`doubt.${doubt}`)).join("; "));
  add(t("gate.seen"), t("gate.frames", { usable: one.usable_frames, frames: one.frames }));
  const refused = Object.entries(one.refused).map(([reason, count]) => `${t(`refusal.${reason}`)} ${count}`);
  if (refused.length) add(t("gate.refused"), refused.join(", "));
  return el("dl", { class: "facts" }, ...rows);
}

async function deny(one, name) {
  const sure = await dialog(t("gate.deny", { name }), el("p", {}, t("gate.deny_sure", { name })), { danger: true });
  if (!sure) return;
  const told = await call("POST", `/passages/${encodeURIComponent(one.id)}/deny`, { resident_id: one.nearest });
  toast(t("gate.denied", { name, handicap: told.handicap.toFixed(2) }));
}

/** Two short tones; a browser allows them only after somebody has asked for sound. */
function beep() {
  if (!audio) return;
  for (const [start, pitch] of [[0, 880], [0.18, 660]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.14);
  }
}

sound.addEventListener("click", () => {
  const on = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", String(on));
  if (on) { audio = new AudioContext(); beep(); } else { audio.close(); audio = null; }
});
filter.addEventListener("submit", (event) => { event.preventDefault(); load(); });
more.addEventListener("click", () => load({ before: next }));
events(({ kind }) => { if (kind === "passage" && !filter.elements.resident?.value) load({ news: true }); });
load();
