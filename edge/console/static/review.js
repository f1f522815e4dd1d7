// The review desk: a queue that keeps its place, one key for a verdict, the next one loaded ahead.
import { call, dialog, el, events, t, toast } from "./api.js";
import { age, lasting, shown, thumbnail } from "./review_detail.js";
import { askOriginal, askRejection, askType, keepQuiet, suppress, suppressions } from "./review_dialogs.js";
import { askReason } from "./review_evidence.js";
import { mediaUrl, preloadClip } from "./review_player.js";

const PAGE = 50;
const LONGEST = 200;
const REMEMBERED = 20;
const AGES_MS = 30000;
const pick = (name) => document.querySelector(`[data-${name}]`);
const [desk, side, queue, pane, empty, more, filters, counts] =
  ["desk", "side", "queue", "detail", "empty", "more", "filters", "waiting"].map(pick);
const may = (what) => desk.dataset[what] === "true";
const TYPES = desk.dataset.types.split(" ");
const REASONS = desk.dataset.reasons.split(" ");
const narrow = matchMedia("(max-width: 820px)");

let items = [];
let current = null; // id
let detail = null;
let onStage = null; // what the player can do
let cursor = null; // the last id as the box orders them
let busy = false;
let coming = new AbortController(); // what is loaded ahead
let kept = null; // the next clip, loaded
const given = []; // verdicts of this visit, to be taken back or given again
const ahead = new Map(); // id -> promise of a detail
const drawn = new Map(); // id -> [what it looks like, its entry]

function query(extra = {}) {
  const wanted = new URLSearchParams({ limit: PAGE, ...extra });
  for (const [name, value] of new FormData(filters)) {
    if (value && name === "hours") wanted.set("since", new Date(Date.now() - Number(value) * 3600000).toISOString());
    else if (value) wanted.set(name, value);
  }
  return wanted;
}
const groupOf = (one) => [one.camera_id, one.type, one.place ?? one.zone_id ?? ""].join("|");

/** Put what lies at the same place behind the first of its kind, so that one place is one group. */
function grouped(all) {
  const groups = new Map();
  for (const one of all) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
  return [...groups.values()];
}

function entry(one, number, among) {
  const verdict = one.verdict ?? "pending";
  const look = JSON.stringify([one.revision, one.still, one.case, number > 0, among]);
  const known = drawn.get(one.id);
  if (known?.[0] === look) return known[1];
  const button = el("button", { type: "button", "data-id": one.id, onclick: () => open(one.id, { step: true }) },
    thumbnail(one),
    el("span", { class: "words" },
      el("strong", {}, t(`type.${one.type}`)),
      el("span", { class: "where" }, `${one.place ?? one.zone_id ?? one.camera_id} · ${lasting(one.dwell_s)}`),
      el("span", { class: "row" }, el("span", { class: `badge ${one.severity}` }, t(`severity.${one.severity}`)),
        one.verdict ? el("span", { class: `badge ${verdict}` }, t(`verdict.${verdict}`)) : "",
        number === 0 && among > 1 ? el("span", { class: "badge", title: t("review.here_too") }, `${among}×`) : "",
        el("time", { class: "muted", datetime: one.opened_at }, age(one.opened_at)))));
  const made = el("li", { class: number ? "group" : "" }, button);
  drawn.set(one.id, [look, made]);
  return made;
}

function mark() {
  for (const button of queue.querySelectorAll("button")) {
    if (button.dataset.id === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function draw() {
  const [top, focused] = [side.scrollTop, document.activeElement];
  items = grouped(items).flat();
  queue.replaceChildren(...grouped(items).flatMap((group) => group.map((one, number) => entry(one, number, group.length))));
  side.scrollTop = top;
  if (queue.contains(focused)) focused.focus({ preventScroll: true });
  empty.hidden = items.length > 0;
  mark();
}

function tally(waiting) {
  const found = Object.entries(waiting);
  counts.replaceChildren(...found.map(([severity, count]) =>
    el("button", { type: "button", class: `badge ${severity}`, onclick: () => only(severity) }, `${t(`severity.${severity}`)} ${count}`)));
}

function only(severity) {
  const field = filters.elements.severity;
  field.value = field.value === severity ? "" : severity;
  filters.dispatchEvent(new Event("change"));
}

/** Fetch as much of the queue as is shown, without losing the place in it. */
async function refresh() {
  const limit = Math.min(LONGEST, Math.max(PAGE, items.length));
  const found = await call("GET", `/incidents?${query({ limit })}`, undefined, { quiet: true });
  items = found.incidents;
  cursor = items.at(-1)?.id;
  more.hidden = items.length < limit;
  tally(found.waiting);
  draw();
  const wanted = new URLSearchParams(location.hash.slice(1)).get("incident");
  if (current === null && wanted) await open(wanted, { step: true });
  else if (current === null && items.length && !narrow.matches) await open(items[0].id);
}

const fetched = (id) => {
  if (!ahead.has(id)) {
    const asked = call("GET", `/incidents/${id}`, undefined, { quiet: true });
    asked.catch(() => ahead.delete(id));
    ahead.set(id, asked);
  }
  return ahead.get(id);
};
const beside = (step) => {
  const place = items.findIndex((one) => one.id === current);
  return place < 0 ? items[0]?.id : items[place + step]?.id;
};

/** Show an incident; `step` where somebody went there, which a phone shows instead of the queue. */
async function open(id, { reason, step = false } = {}) {
  current = id;
  mark();
  pane.toggleAttribute("aria-busy", detail?.incident.id !== id);
  if (step) desk.dataset.view = "detail";
  let found;
  try {
    found = await fetched(id);
  } catch (error) {
    toast(error.message, "trouble");
    return;
  }
  if (current !== id) return; // another one was chosen meanwhile
  const moved = detail?.incident.id !== id;
  ahead.delete(id);
  // The same one again, with news: the picture or the moment that was looked at stays.
  const where = moved || hasNewClip(found) ? null : onStage?.where();
  detail = found;
  onStage?.leave();
  onStage = shown(detail, { buttons: buttons(), open: (other) => open(other, { step: true }), reason, where, may, changed: () => open(id) });
  pane.removeAttribute("aria-busy");
  pane.dataset.shown = id;
  pane.replaceChildren(...(narrow.matches ? [back()] : []), ...onStage.nodes);
  if (moved && narrow.matches) scrollTo(0, 0);
  preload(beside(1));
}

const clips = (one) => one.media.filter((file) => file.kind === "clip" && !file.purged_at).length;
const hasNewClip = (found) => clips(found) > clips(detail);

const back = () => el("button", { type: "button", class: "quiet back", onclick: () => { desk.dataset.view = "queue"; } }, `← ${t("review.queue")}`);

/** Show the incident anew if the box knows more of it, though never under a clip that plays. */
async function follow() {
  if (!detail || busy || onStage?.plays() || document.querySelector("dialog[open]")) return;
  const { id } = detail.incident;
  const isNews = (one) => one.revision !== detail.incident.revision || one.case !== detail.incident.case;
  const now = items.find((one) => one.id === id);
  if (now && !isNews(now)) return;
  const found = await fetched(id).catch(() => null);
  if (found && current === id && isNews(found.incident)) await open(id);
}

async function preload(id) {
  coming.abort();
  coming = new AbortController();
  kept = null;
  if (!id) return;
  const { signal } = coming;
  const next = await fetched(id).catch(() => null);
  const there = next?.media.filter((one) => !one.purged_at) ?? [];
  if (next?.incident.still) new Image().src = mediaUrl(id, next.incident.still);
  const clip = there.find((one) => one.kind === "clip");
  if (clip && !signal.aborted) kept = await preloadClip(id, clip.name, signal).catch(() => null);
}

const ACTS = [
  ["c", "confirm", "review", () => give({ verdict: "confirmed" })],
  ["r", "reject", "review", reject],
  ["d", "duplicate", "review", async () => give(await askOriginal(detail.similar))],
  ["n", "not_actionable", "review", () => give({ verdict: "not_actionable" })],
  ["x", "reclassify", "review", async () => give(await askType(TYPES, detail.incident))],
  ["u", "undo", "review", undo],
  ["s", "suppress", "suppress", () => suppress(detail.incident)],
  ["v", "clear", "clear", unblur],
];
const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const PLAYING = { " ": "play", ",": "back", ".": "forward", "<": "slower", ">": "faster", o: "outline" };
const HELP = [["j ↓", "next"], ["k ↑", "previous"], ["␣", "play"], [", .", "step"], ["< >", "speed"], ["o", "outline"], ["?", "help"]];

const OTHERS = ["undo", "suppress", "clear"];
const look = (name) => ({ confirm: "primary" })[name] ?? (OTHERS.includes(name) ? "quiet" : "");

function buttons() {
  const made = { verdicts: [], others: [] };
  for (const [key, name, right, act] of ACTS) {
    if (!may(right)) continue;
    made[OTHERS.includes(name) ? "others" : "verdicts"].push(el(
      "button", { type: "button", class: look(name), "data-act": name, onclick: () => run(act) }, t(`review.do_${name}`), el("kbd", {}, key)));
  }
  return made;
}

/** Do one thing at a time, and only to what is on the screen; what went wrong was said already. */
async function run(act) {
  if (busy || (act !== undo && detail?.incident.id !== current)) return;
  if (!detail && act !== undo) return;
  busy = true;
  try { await act(); } catch { /* call() has said it */ } finally { busy = false; }
}

/** Give a verdict on the incident as it is shown, and go on to the next. */
async function give(body) {
  if (!body) return false;
  const { id, revision } = detail.incident;
  const next = beside(1) ?? beside(-1);
  try {
    const told = await call("POST", `/incidents/${id}/verdict`, { ...body, revision });
    given.push({ id, revision: told.revision });
    if (given.length > REMEMBERED) given.shift();
  } catch (error) {
    ahead.delete(id);
    if (error.status === 409) await open(id);
    return false;
  }
  toast(`${t(`verdict.${body.verdict}`)} · ${t("review.undo_hint")}`);
  ahead.clear();
  if (filters.elements.review.value === "pending") items = items.filter((one) => one.id !== id);
  draw();
  if (next && next !== id) await open(next);
  else if (items.length) await open(items[0].id);
  else leave();
  return true;
}

function leave() {
  onStage?.leave();
  current = detail = onStage = null;
  delete pane.dataset.shown;
  desk.dataset.view = "queue";
  pane.replaceChildren(el("p", { class: "muted" }, t("review.choose")));
}

async function reject() {
  const { id } = detail.incident;
  const answer = await askRejection(REASONS, detail.incident, may("suppress"));
  if (answer && (await give(answer.verdict)) && answer.quiet) await keepQuiet(id, answer.quiet);
}

/** Take back the last verdict of this visit; without one, that of the incident that is shown. */
async function undo() {
  const shownNow = detail?.incident;
  const last = given.pop() ?? (shownNow?.verdict ? { id: shownNow.id, revision: shownNow.revision } : null);
  if (!last) { toast(t("review.nothing_to_undo")); return; }
  ahead.clear();
  try {
    await call("DELETE", `/incidents/${last.id}/verdict?revision=${last.revision}`);
    toast(t("review.taken_back"));
  } finally {
    await refresh();
    await open(last.id);
  }
}

async function unblur() {
  const { id } = detail.incident;
  const form = await askReason(t("review.do_clear"), t("review.clear_advice"));
  if (form) await open(id, { reason: form.get("reason") });
}

function help() {
  const rows = [...ACTS.filter(([, , right]) => may(right)).map(([key, name]) => [key, name]), ...HELP];
  dialog(t("review.keys"), el("dl", { class: "facts" }, ...rows.flatMap(([key, name]) =>
    [el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(`review.do_${name}`))])), { confirm: t("js.close") });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input:not(.rail), select, textarea")) return;
  if (event.key === " " && event.target.closest?.("button, video, a")) return; // presses that one
  const act = ACTS.find(([key, , right]) => key === event.key && may(right))?.[3];
  if (event.key === "?") help();
  else if (act) run(act);
  else if (MOVES[event.key]) move(MOVES[event.key]);
  else if (!(PLAYING[event.key] && onStage?.act(PLAYING[event.key]))) return;
  event.preventDefault();
});

async function move(step) {
  const id = beside(step);
  if (!id) return;
  await open(id, { step: true });
  queue.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

pick("help").addEventListener("click", help);
pick("quiet").addEventListener("click", () => suppressions(may("suppress")).catch(() => {}));
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", () => {
  items = [];
  if (!narrow.matches) leave();
  refresh().catch((error) => toast(error.message, "trouble"));
});
more.addEventListener("click", async () => {
  const found = await call("GET", `/incidents?${query({ before: cursor })}`);
  cursor = found.incidents.at(-1)?.id ?? cursor;
  const known = new Set(items.map((one) => one.id));
  items = [...items, ...found.incidents.filter((one) => !known.has(one.id))];
  more.hidden = found.incidents.length < PAGE;
  draw();
});
setInterval(() => {
  for (const one of queue.querySelectorAll("time")) one.textContent = age(one.dateTime);
}, AGES_MS);
events(({ kind }) => {
  if (kind !== "incident" || busy) return;
  ahead.clear();
  refresh().then(follow).catch(() => {}); // the bar says that there is no connection
});
refresh().catch((error) => toast(error.message, "trouble"));
