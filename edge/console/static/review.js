// The review desk: a queue that keeps its place, one key for a verdict, the next one loaded ahead.
import { call, dialog, el, events, t, toast } from "./api.js";
import { lasting, mediaUrl, shown, when } from "./review_detail.js";

const PAGE = 50;
const pick = (name) => document.querySelector(`[data-${name}]`);
const [desk, queue, pane, empty, more, filters, counts] =
  ["desk", "queue", "detail", "empty", "more", "filters", "waiting"].map(pick);
const may = (what) => desk.dataset[what] === "true";
const TYPES = desk.dataset.types.split(" ");
const REASONS = desk.dataset.reasons.split(" ");

let items = [];
let current = null; // id
let detail = null;
let cursor = null; // the last id as the box orders them
let busy = false;
let last = null; // the last verdict, to be given again or taken back
const ahead = new Map(); // id -> promise of a detail

const query = (extra = {}) => {
  const wanted = new URLSearchParams({ limit: PAGE, ...extra });
  for (const [name, value] of new FormData(filters)) if (value) wanted.set(name, value);
  return wanted;
};
const groupOf = (one) => [one.camera_id, one.type, one.place ?? one.zone_id ?? ""].join("|");

/** Put what lies at the same place behind the first of its kind, so that one place is one group. */
function grouped(all) {
  const groups = new Map();
  for (const one of all) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
  return [...groups.values()];
}

function entry(one, number, among) {
  const button = el("button", { type: "button", "aria-current": one.id === current && "true", "data-id": one.id, onclick: () => open(one.id) },
    el("img", { src: mediaUrl(one.id, "opened.jpg"), alt: "", loading: "lazy", width: 96, height: 60 }),
    el("span", { class: "words" },
      el("strong", {}, t(`type.${one.type}`)),
      el("span", {}, `${one.place ?? one.zone_id ?? one.camera_id} · ${lasting(one.dwell_s)}`),
      el("span", { class: "row" }, el("span", { class: `badge ${one.severity}` }, t(`severity.${one.severity}`)),
        number === 0 && among > 1 ? el("span", { class: "badge" }, `${among}×`) : "",
        el("span", { class: "muted" }, when(one.opened_at)))));
  return el("li", { class: number ? "group" : "" }, button);
}

function draw() {
  const top = queue.scrollTop;
  items = grouped(items).flat();
  queue.replaceChildren(...grouped(items).flatMap((group) => group.map((one, number) => entry(one, number, group.length))));
  queue.scrollTop = top;
  empty.hidden = items.length > 0;
}

function tally(waiting) {
  counts.replaceChildren(...Object.entries(waiting).map(([severity, count]) =>
    el("span", { class: `badge ${severity}` }, `${t(`severity.${severity}`)} ${count}`)));
}

/** Fetch as much of the queue as is shown, without losing the place in it. */
async function refresh() {
  const found = await call("GET", `/incidents?${query({ limit: Math.min(200, Math.max(PAGE, items.length)) })}`, undefined, { quiet: true });
  items = found.incidents;
  cursor = items.at(-1)?.id;
  more.hidden = items.length < PAGE;
  tally(found.waiting);
  draw();
  if (current === null && items.length && matchMedia("(min-width: 821px)").matches) await open(items[0].id);
}

const fetched = (id) => {
  if (!ahead.has(id)) {
    const asked = call("GET", `/incidents/${id}`, undefined, { quiet: true });
    asked.catch(() => ahead.delete(id));
    ahead.set(id, asked);
  }
  return ahead.get(id);
};
const place = () => items.findIndex((one) => one.id === current);
const beside = (step) => items[place() + step]?.id;

async function open(id, reason) {
  current = id;
  for (const button of queue.querySelectorAll("button")) {
    if (button.dataset.id === id) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  let found;
  try {
    found = await fetched(id);
  } catch (error) {
    toast(error.message, "trouble");
    return;
  }
  if (current !== id) return; // another one was chosen meanwhile
  ahead.delete(id);
  detail = found;
  pane.replaceChildren(...shown(detail, { buttons: buttons(), open, reason }));
  preload(beside(1));
}

/** Show the incident anew if the box knows more of it, though never under a clip that plays. */
async function follow() {
  const now = items.find((one) => one.id === current);
  const plays = [...pane.querySelectorAll("video")].some((one) => !one.paused);
  if (now && detail && now.id === detail.incident.id && now.revision !== detail.incident.revision && !plays) await open(current);
}

async function preload(id) {
  if (!id) return;
  const next = await fetched(id).catch(() => null);
  const still = next?.media.find((one) => one.media_type.startsWith("image/"));
  if (still) new Image().src = mediaUrl(id, still.name);
}

const ACTS = [
  ["c", "confirm", "review", () => give({ verdict: "confirmed" })],
  ["r", "reject", "review", reject],
  ["d", "duplicate", "review", duplicate],
  ["n", "not_actionable", "review", () => give({ verdict: "not_actionable" })],
  ["k", "reclassify", "review", reclassify],
  [".", "again", "review", () => last && give(last.body)],
  ["u", "undo", "review", undo],
  ["s", "suppress", "suppress", suppress],
  ["v", "clear", "clear", unblur],
];
const MOVES = [["j ↓", "next"], ["p ↑", "previous"], ["?", "help"]];

const buttons = () => ACTS.filter(([, , right]) => may(right)).map(([key, name, , act]) =>
  el("button", { type: "button", class: name === "confirm" ? "primary" : "", onclick: act }, t(`review.do_${name}`), el("kbd", {}, key)));

/** Give a verdict on the incident as it is shown, and go on to the next. */
async function give(body) {
  if (busy || !detail) return;
  busy = true;
  const { id, revision } = detail.incident;
  const next = beside(1) ?? beside(-1);
  try {
    const told = await call("POST", `/incidents/${id}/verdict`, { ...body, revision });
    last = { id, body, revision: told.revision };
    toast(`${t(`verdict.${body.verdict}`)} · ${t("review.undo_hint")}`);
    if (filters.elements.review.value === "pending") items = items.filter((one) => one.id !== id);
    ahead.delete(id);
    draw();
    if (next) await open(next);
    else if (items.length) await open(id);
    else { current = detail = null; pane.replaceChildren(el("p", { class: "muted" }, t("review.choose"))); }
  } catch (error) {
    if (error.status === 409) await open(id);
  } finally {
    busy = false;
  }
}

async function undo() {
  if (!last) return;
  const { id, revision } = last;
  try {
    await call("DELETE", `/incidents/${id}/verdict?revision=${revision}`);
    last = null;
    await refresh();
  } finally {
    ahead.delete(id);
    await open(id);
  }
}

/** Let one of several be chosen with a digit or a click; resolves to it, or null. */
function choose(title, names, texts) {
  const field = el("input", { type: "hidden", name: "choice" });
  const list = el("div", { class: "choices-list" });
  const box = el("div", {}, list, field);
  const take = (name) => { field.value = name; box.closest("form").querySelector("button[value=yes]").click(); };
  list.append(...names.map((name, number) => el("button", { type: "button", onclick: () => take(name) },
    number < 9 ? el("kbd", {}, String(number + 1)) : "", texts(name))));
  const answer = dialog(title, box);
  box.closest("dialog").addEventListener("keydown", (event) => {
    const name = /^[1-9]$/.test(event.key) ? names[Number(event.key) - 1] : undefined;
    if (name) { event.preventDefault(); take(name); }
  });
  return answer.then((form) => form?.get("choice") || null);
}

async function reject() {
  const reason = await choose(t("review.why"), REASONS, (name) => t(`reason.${name}`));
  if (reason) await give({ verdict: "rejected", reason });
}

async function reclassify() {
  const others = TYPES.filter((name) => name !== detail?.incident.type);
  const type = await choose(t("review.what"), others, (name) => t(`type.${name}`));
  if (type) await give({ verdict: "reclassified", corrected_type: type });
}

async function duplicate() {
  const earlier = detail?.similar[0]?.id;
  await give({ verdict: "duplicate", ...(earlier && { duplicate_of: earlier }) });
}

async function suppress() {
  if (!detail) return;
  const { id } = detail.incident;
  const hours = el("input", { name: "hours", type: "number", min: 1, max: 2160, value: 24, required: true });
  const reason = el("input", { name: "reason", maxlength: 200, required: true });
  const form = await dialog(t("review.do_suppress"), el("div", { class: "form" },
    el("p", {}, t("review.suppress_advice")),
    el("label", {}, t("review.hours"), hours), el("label", {}, t("review.reason"), reason)));
  if (!form) return;
  await call("POST", `/incidents/${id}/suppress`, { hours: Number(form.get("hours")), reason: form.get("reason") });
  toast(t("js.saved"));
}

async function unblur() {
  if (!detail) return;
  const { id } = detail.incident;
  const form = await dialog(t("review.do_clear"), el("div", { class: "form" },
    el("p", {}, t("review.clear_advice")),
    el("label", {}, t("review.reason"), el("input", { name: "reason", maxlength: 200, required: true }))));
  if (form) await open(id, form.get("reason"));
}

function help() {
  const rows = [...ACTS.filter(([, , right]) => may(right)).map(([key, name]) => [key, name]), ...MOVES];
  dialog(t("review.keys"), el("dl", { class: "facts" }, ...rows.flatMap(([key, name]) =>
    [el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(`review.do_${name}`))])));
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const step = { j: 1, ArrowDown: 1, p: -1, ArrowUp: -1 }[event.key];
  const act = ACTS.find(([key, , right]) => key === event.key && may(right))?.[3] ?? (event.key === "?" ? help : undefined);
  if (!step && !act) return;
  event.preventDefault();
  if (act) act();
  else if (beside(step)) open(beside(step)).then(() => queue.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }));
});

pick("help").addEventListener("click", help);
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", () => { items = []; refresh(); });
more.addEventListener("click", async () => {
  const found = await call("GET", `/incidents?${query({ before: cursor })}`);
  cursor = found.incidents.at(-1)?.id ?? cursor;
  items = [...items, ...found.incidents];
  more.hidden = found.incidents.length < PAGE;
  draw();
});
events(({ kind }) => {
  if (kind !== "incident" || busy) return;
  ahead.clear();
  refresh().then(follow).catch(() => {}); // the bar says that there is no connection
});
refresh().catch((error) => toast(error.message, "trouble"));
