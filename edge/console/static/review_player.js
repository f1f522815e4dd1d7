// One picture or clip with zone and box over it; clips with marks, speeds and single steps.
import { ApiError, el, root, t } from "./api.js";

const SVG = "http://www.w3.org/2000/svg";
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const STEP_S = 1 / 25;
const ASK_AGAIN_MS = 1500;
let outlined = true; // whether zone and box are drawn; stays as it was chosen

export function mediaUrl(id, name, reason) {
  const clear = reason ? `?clear=1&reason=${encodeURIComponent(reason)}` : "";
  return `${root}/media/incidents/${encodeURIComponent(id)}/${encodeURIComponent(name)}${clear}`;
}

const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

/** Wait until the box has a file that may be shown; resolves to the response, or throws ApiError. */
async function prepared(url, { signal, headers }) {
  for (;;) {
    const answer = await fetch(url, { signal, headers, credentials: "same-origin" });
    if (answer.ok && answer.status !== 202) return answer;
    if (answer.status !== 202) {
      const said = await answer.json().catch(() => ({}));
      throw new ApiError(said.detail ?? t("js.failed", { status: answer.status }), answer.status);
    }
    await pause(ASK_AGAIN_MS);
    if (signal?.aborted) throw new DOMException("left", "AbortError");
  }
}

/** Return an address that a video can play. Of a clear one everything is fetched once: each fetch is audited. */
async function playable(url, { clear, signal }) {
  const answer = await prepared(url, { signal, headers: clear ? {} : { Range: "bytes=0-0" } });
  if (clear) return URL.createObjectURL(await answer.blob());
  await answer.body?.cancel();
  return url;
}

/** Have a clip redacted and loaded before somebody looks at it. */
export async function preloadClip(id, name, signal) {
  const address = await playable(mediaUrl(id, name), { signal });
  if (signal.aborted) return null;
  return el("video", { src: address, preload: "auto", muted: true });
}

function outline(zone, box) {
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

/** Keep the drawing on the picture itself, which the element may show with bars beside it. */
function fit(shown, svg, poster) {
  const place = () => {
    const sized = shown.videoWidth === 0 ? poster : shown;
    const [width, height] = [sized?.videoWidth ?? sized?.naturalWidth, sized?.videoHeight ?? sized?.naturalHeight];
    svg.style.visibility = width && height ? "visible" : "hidden";
    if (!width || !height) return;
    const scale = Math.min(shown.clientWidth / width, shown.clientHeight / height);
    Object.assign(svg.style, {
      width: `${width * scale}px`, height: `${height * scale}px`,
      left: `${shown.offsetLeft + (shown.clientWidth - width * scale) / 2}px`,
      top: `${shown.offsetTop + (shown.clientHeight - height * scale) / 2}px`,
    });
  };
  new ResizeObserver(place).observe(shown);
  for (const name of ["load", "loadedmetadata"]) shown.addEventListener(name, place);
  poster?.addEventListener("load", place);
  place();
}

/** Show a still of the incident until its clip is there; returns the still. */
function posterOf(detail, video) {
  if (!detail.incident.still) return undefined;
  const still = new Image();
  still.addEventListener("load", () => {
    video.style.aspectRatio = `${still.naturalWidth} / ${still.naturalHeight}`;
    video.poster = still.src;
  });
  still.src = mediaUrl(detail.incident.id, detail.incident.still);
  return still;
}

const clock = (seconds) => `${seconds < 0 ? "−" : "+"}${Math.abs(seconds).toFixed(1)} s`;

/** Show where a clip is, before and after the incident's own moment. */
function timeline(video, file, moment) {
  const length = () => (Number.isFinite(video.duration) && video.duration) || (new Date(file.ends_at) - new Date(file.begins_at)) / 1000;
  const at = Math.max(0, (new Date(moment) - new Date(file.begins_at)) / 1000);
  const rail = el("input", { type: "range", min: 0, max: 1000, step: 1, value: 0, class: "rail", "aria-label": t("review.time_in_clip") });
  const mark = el("button", { type: "button", class: "mark", title: t("review.moment"), "aria-label": t("review.moment"), onclick: () => { video.currentTime = at; } });
  const told = el("span", { class: "mono muted" });
  const show = () => {
    rail.value = String(Math.round((video.currentTime / length()) * 1000));
    mark.style.left = `${Math.min(100, (at / length()) * 100)}%`;
    told.textContent = clock(video.currentTime - at);
  };
  rail.addEventListener("input", () => { video.currentTime = (Number(rail.value) / 1000) * length(); });
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, show);
  show();
  return el("div", { class: "timeline" },
    el("span", { class: "muted" }, t("review.pre_roll")), el("div", { class: "track" }, rail, mark),
    el("span", { class: "muted" }, t("review.post_roll")), told);
}

/**
 * The player of one file, from `from` seconds on. `act(name)` does what a key asks for and returns
 * whether it did.
 */
export function stage(detail, file, reason, from = 0) {
  const left = new AbortController();
  const clear = Boolean(reason);
  const url = mediaUrl(detail.incident.id, file.name, reason);
  const svg = file.annotated ? null : outline(detail.zone, detail.incident.box);
  const drawn = () => { if (svg) svg.classList.toggle("gone", !outlined); };
  drawn();
  const toggle = () => { outlined = !outlined; drawn(); return true; };
  const badge = clear ? el("span", { class: "badge urgent corner" }, t("review.unblurred")) : "";
  if (file.kind !== "clip") {
    const image = el("img", { alt: t("review.still", { name: file.name }) });
    const sign = el("p", { class: "sign" }, t("review.preparing_still"));
    image.addEventListener("load", () => sign.remove());
    image.addEventListener("error", () => { sign.textContent = t("review.no_still"); });
    const picture = el("div", { class: "picture stage" }, image, svg ?? "", sign, badge);
    if (svg) fit(image, svg);
    image.src = url;
    return { node: picture, leave: () => {}, act: (name) => name === "outline" && toggle() };
  }
  const video = el("video", { controls: true, muted: true, playsinline: true, preload: "auto", "aria-label": t("review.clip") });
  const sign = el("p", { class: "sign", role: "status" }, t("review.preparing_clip"));
  const picture = el("div", { class: "picture stage" }, video, svg ?? "", sign, badge);
  const poster = posterOf(detail, video);
  if (svg) fit(video, svg, poster);
  let blob = null;
  playable(url, { clear, signal: left.signal }).then((address) => {
    if (clear) blob = address;
    sign.remove();
    video.src = address;
    if (from) video.currentTime = from;
  }).catch((error) => { if (error.name !== "AbortError") sign.textContent = error.message; });
  video.addEventListener("error", () => picture.append(el("p", { class: "sign" }, t("review.unplayable"))));
  const speed = el("span", { class: "badge" }, "1×");
  const faster = (by) => {
    const next = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(video.playbackRate) + by))];
    video.playbackRate = next;
    speed.textContent = `${next}×`;
    return true;
  };
  const step = (by) => { video.pause(); video.currentTime = Math.max(0, video.currentTime + by * STEP_S); return true; };
  const acts = {
    play: () => { if (video.paused) video.play().catch(() => {}); else video.pause(); return true; },
    slower: () => faster(-1), faster: () => faster(1), back: () => step(-1), forward: () => step(1), outline: toggle,
  };
  const button = (name, sign_, key) => el("button", { type: "button", class: "quiet", title: `${t(`review.do_${name}`)} (${key})`, "aria-label": t(`review.do_${name}`), onclick: acts[name] }, sign_);
  const controls = el("div", { class: "row" },
    button("back", "|◄", ","), button("play", "►", "␣"), button("forward", "►|", "."),
    button("slower", "−", "<"), speed, button("faster", "+", ">"));
  return {
    node: el("div", {}, picture, timeline(video, file, detail.clip?.moment ?? detail.incident.opened_at), controls),
    leave: () => { left.abort(); video.pause(); video.removeAttribute("src"); video.load(); if (blob) URL.revokeObjectURL(blob); },
    act: (name) => Boolean(acts[name]?.()),
    plays: () => !video.paused && !video.ended,
    seconds: () => video.currentTime,
  };
}
