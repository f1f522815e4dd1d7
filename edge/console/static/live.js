// The wall: every visible camera's newest picture with its age, and one enlarged.
import { call, clock, root, t } from "./api.js";

const WALL_MS = 1000;
const CLOSE_MS = 200;
const FIRST_MS = 400; // until there is a first picture
const FRESH_S = 3; // a picture this young is believed more than a report that may be older
const STATES_MS = 5000;
const LAYOUTS = { 1: 1, 4: 2, 9: 3, all: 0 };

const wall = document.querySelector("[data-wall]");
const tiles = [...document.querySelectorAll("[data-tile]")];
const large = document.querySelector("[data-enlarged]");
const staleS = Number(wall.dataset.staleS);
const hour = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const states = new Map(tiles.map((tile) => [tile.dataset.camera, { state: tile.dataset.state, fault: tile.dataset.fault }]));
let layout = sessionStorage.getItem("live-layout") ?? "all";
let first = 0;

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
const awake = () => (document.hidden
  ? new Promise((done) => { document.addEventListener("visibilitychange", done, { once: true }); })
  : Promise.resolve());

/** Shows one camera in one place for as long as it is begun. */
class Screen {
  constructor(place, size, everyMs, camera = null, name = "") {
    Object.assign(this, { place, size, everyMs, camera, name, run: 0 });
    this.image = place.querySelector("img");
    this.veil = place.querySelector("[data-veil]");
    this.time = place.querySelector("[data-time]");
    this.forget();
    if (camera) this.show();
  }

  forget() {
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    this.image.removeAttribute("src");
    this.image.hidden = true;
    Object.assign(this, { tag: null, at: null, ageS: 0, receivedMs: 0, trouble: "", asked: false });
    this.time.textContent = "";
  }

  begin(camera, name) {
    if (this.camera !== camera) this.forget();
    Object.assign(this, { camera, name });
    this.run += 1;
    this.show();
    this.follow(this.run);
  }

  end() { this.run += 1; }

  async follow(run) {
    while (run === this.run) {
      await awake();
      if (run !== this.run) return;
      // A camera that is down has nothing to fetch until it is reported to be back.
      if (this.at || !this.asked || states.get(this.camera)?.state !== "fault") await this.fetch(run);
      await wait(this.at ? this.everyMs : FIRST_MS);
    }
  }

  async fetch(run) {
    const path = `${root}/api/v1/cameras/${encodeURIComponent(this.camera)}/live.jpg?size=${this.size}`;
    const headers = this.tag ? { "If-None-Match": this.tag } : {};
    this.asked = true;
    try {
      const answer = await fetch(path, { headers, credentials: "same-origin", cache: "no-store" });
      const picture = answer.status === 200 ? await answer.blob() : null;
      if (run !== this.run) return;
      if (answer.status === 401) location.reload(); // to the login
      this.trouble = answer.status === 404 ? t("live.js.gone") : "";
      if (answer.ok || answer.status === 304) this.keep(answer, picture);
    } catch {
      if (run === this.run) this.trouble = t("live.js.unreachable");
    }
    this.show();
  }

  keep(answer, picture) {
    this.tag = answer.headers.get("ETag");
    this.at = new Date(answer.headers.get("X-Frame-Time"));
    this.ageS = Number(answer.headers.get("X-Frame-Age"));
    this.receivedMs = performance.now();
    if (!picture) return;
    const former = this.image.src;
    this.image.src = URL.createObjectURL(picture);
    this.image.hidden = false;
    if (former) URL.revokeObjectURL(former);
  }

  /** Say what the picture is, and veil what is not as it is now. */
  show() {
    const { state, fault } = states.get(this.camera) ?? {};
    const time = this.at ? hour(this.at) : "";
    const ageS = this.at ? this.ageS + (performance.now() - this.receivedMs) / 1000 : 0;
    const old = this.at && ageS > staleS ? t("live.js.stale", { time, age: spoken(ageS) }) : "";
    const fresh = this.at && ageS < FRESH_S;
    let down = this.trouble;
    if (!down && !fresh && state === "fault") down = t("live.js.fault", { fault });
    const still = fresh ? "" : { connecting: t("live.js.connecting"), ended: t("live.js.ended") }[state] ?? "";
    const said = [old, down || still].filter(Boolean);
    if (!this.at && !said.length) said.push(t("live.js.waiting"));
    this.veil.textContent = this.veil.title = said.join(" · ");
    this.place.classList.toggle("veiled", said.length > 0);
    this.place.classList.toggle("trouble", Boolean(down || old));
    this.time.textContent = time;
    if (this.at) this.time.dateTime = this.at.toISOString();
    this.image.alt = this.at ? t("live.js.picture", { name: this.name, time }) : this.name;
  }
}

function spoken(seconds) {
  return seconds < 120 ? t("live.js.seconds", { count: Math.round(seconds) })
    : t("live.js.minutes", { count: Math.round(seconds / 60) });
}

const nameOf = (tile) => tile.querySelector("strong").textContent;
const screens = new Map(tiles.map((tile) => (
  [tile, new Screen(tile, "wall", WALL_MS, tile.dataset.camera, nameOf(tile))])));

/** Only what is on the screen is fetched, and so only that is encoded. */
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const screen = screens.get(target);
    if (isIntersecting) screen.begin(target.dataset.camera, nameOf(target));
    else screen.end();
  }
});

function arrange(chosen) {
  layout = chosen in LAYOUTS ? chosen : "all";
  sessionStorage.setItem("live-layout", layout);
  const count = layout === "all" ? tiles.length : Number(layout);
  first = Math.min(first, Math.max(0, tiles.length - 1));
  first -= first % count;
  tiles.forEach((tile, index) => { tile.hidden = index < first || index >= first + count; });
  wall.dataset.columns = LAYOUTS[layout] || "auto";
  for (const button of document.querySelectorAll("[data-layout]")) {
    button.setAttribute("aria-pressed", String(button.dataset.layout === layout));
  }
  document.querySelector("[data-pager]").hidden = tiles.length <= count;
  document.querySelector("[data-range]").textContent = t("live.js.range", {
    first: first + 1, last: Math.min(first + count, tiles.length), count: tiles.length,
  });
}

function turn(step) {
  if (layout === "all") return;
  const count = Number(layout);
  const pages = Math.ceil(tiles.length / count);
  first = ((first / count + step + pages) % pages) * count;
  arrange(layout);
}

const close = new Screen(large, "full", CLOSE_MS);
let enlarged = -1;

function enlarge(index) {
  enlarged = (index + tiles.length) % tiles.length;
  const tile = tiles[enlarged];
  large.querySelector("[data-name]").textContent = nameOf(tile);
  large.querySelector("[data-id]").textContent = nameOf(tile) === tile.dataset.camera ? "" : tile.dataset.camera;
  large.setAttribute("aria-label", t("live.enlarged", { name: nameOf(tile) }));
  if (!large.open) large.showModal();
  for (const screen of screens.values()) screen.end(); // they are covered
  close.begin(tile.dataset.camera, nameOf(tile));
}

large.addEventListener("close", () => {
  close.end();
  const tile = tiles[enlarged];
  if (tile.hidden) { first = enlarged; arrange(layout); }
  for (const one of tiles) { watcher.unobserve(one); watcher.observe(one); }
  tile.querySelector("[data-enlarge]").focus();
});
large.addEventListener("click", (event) => { if (event.target === large) large.close(); });
large.querySelector("[data-close]").addEventListener("click", () => large.close());
large.querySelector("[data-previous]").addEventListener("click", () => enlarge(enlarged - 1));
large.querySelector("[data-next]").addEventListener("click", () => enlarge(enlarged + 1));
for (const button of document.querySelectorAll("[data-layout]")) {
  button.addEventListener("click", () => arrange(button.dataset.layout));
}
document.querySelector("[data-before]").addEventListener("click", () => turn(-1));
document.querySelector("[data-after]").addEventListener("click", () => turn(1));
tiles.forEach((tile, index) => {
  tile.querySelector("[data-enlarge]").addEventListener("click", () => enlarge(index));
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (large.open) {
    if (step) enlarge(enlarged + step);
    return;
  }
  const wanted = { 1: "1", 4: "4", 9: "9", 0: "all" }[event.key];
  if (wanted) arrange(wanted);
  if (!step) return;
  const shown = tiles.filter((tile) => !tile.hidden);
  const at = shown.findIndex((tile) => tile.contains(document.activeElement));
  const next = shown[at + step];
  if (next) next.querySelector("[data-enlarge]").focus();
  else turn(step);
});

async function refreshStates() {
  if (document.hidden) return;
  try {
    const { cameras } = await call("GET", "/live", undefined, { quiet: true });
    for (const one of cameras) {
      // Another attempt to connect says nothing new of a camera that is down.
      const down = one.state === "connecting" && states.get(one.id)?.state === "fault";
      if (!down) states.set(one.id, one);
    }
  } catch { /* the pictures tell */ }
}

setInterval(refreshStates, STATES_MS);
setInterval(() => { for (const screen of [...screens.values(), close]) if (screen.camera) screen.show(); }, 1000);
arrange(layout);
for (const tile of tiles) watcher.observe(tile);
