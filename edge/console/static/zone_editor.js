// Polygons over a picture: drawn and changed by mouse, by finger and by keyboard.
import { t } from "./api.js";
import { fault, middle, moved, share } from "./polygon.js";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const STEP = 0.005;
const FAR = 10;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
export const COLOURS = 6;

function shape(name, attributes, parent) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}
const percent = (value) => `${Math.round(value * 1000) / 10} %`;

/**
 * Shows `zones` (a list of {id, polygon}) on an SVG element and changes them in place.
 * Calls `changed()` after every change, `selected(index)` when another zone is chosen, `drawn(polygon)`
 * when a new one is closed, `said(text)` with what a screen reader shall say.
 */
export class ZoneEditor {
  constructor(svg, { editable, changed, selected, drawn, said }) {
    Object.assign(this, { svg, editable, changed, selected, drawn, said });
    this.zones = [];
    this.chosen = -1;
    this.draft = null;
    this.cursor = [0.5, 0.5];
    this.box = null;
    this.drag = null;
    this.corner = undefined; // the last one of the chosen zone that had the focus
    this.ratio(16 / 9);
    new ResizeObserver(() => this.draw()).observe(svg);
    svg.addEventListener("pointerdown", (event) => this.press(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.release(event));
    svg.addEventListener("pointercancel", (event) => this.release(event));
    // A page is scrolled by a finger, unless that holds something: touch-action is not for shapes.
    svg.addEventListener("touchstart", (event) => { if (this.drag) event.preventDefault(); }, { passive: false });
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("focusin", (event) => {
      const { corner } = event.target.dataset;
      if (corner !== undefined) this.corner = Number(corner);
    });
    svg.addEventListener("dblclick", () => this.close());
  }

  /** Take the picture's width divided by its height. */
  ratio(value) {
    this.height = WIDTH / value;
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${this.height}`);
    this.draw();
  }

  show(zones, chosen) {
    this.zones = zones;
    this.chosen = Math.min(chosen, zones.length - 1);
    this.draw();
  }

  choose(index) {
    if (index === this.chosen) return;
    this.chosen = index;
    this.corner = undefined;
    this.selected(index);
    this.draw();
  }

  /** Mark a place for a while: a box in shares, or null for none. */
  mark(box) {
    this.box = box;
    this.draw();
  }

  begin() {
    this.draft = [];
    this.cursor = [0.5, 0.5];
    this.svg.focus();
    this.said(t("cameras.js.draw_help"));
    this.draw();
  }

  cancel() {
    if (!this.draft) return;
    this.draft = null;
    this.said(t("cameras.js.draw_cancelled"));
    this.drawn(null);
    this.draw();
  }

  /** Close what is drawn, if it is a polygon. */
  close() {
    if (!this.draft) return;
    const wrong = fault(this.draft);
    if (wrong) {
      this.said(t(`cameras.js.fault_${wrong}`), true);
      return;
    }
    const polygon = this.draft;
    this.draft = null;
    this.drawn(polygon);
  }

  add(point) {
    const last = this.draft.at(-1);
    if (last && last[0] === point[0] && last[1] === point[1]) return;
    this.draft.push(point);
    this.said(t("cameras.js.corner_added", { number: this.draft.length }));
    this.draw();
  }

  // ---- what is there, anew; the focus stays on what it was on
  draw() {
    if (this.drag) return;
    const focus = this.svg.contains(document.activeElement) ? document.activeElement.dataset?.key : undefined;
    this.svg.replaceChildren();
    this.svg.classList.toggle("drawing", this.draft !== null);
    const order = this.zones.map((_, at) => at).filter((at) => at !== this.chosen);
    if (this.zones[this.chosen]) order.push(this.chosen);
    for (const at of order) this.drawZone(at);
    if (this.box) {
      const [x1, y1, x2, y2] = this.box;
      shape("rect", { class: "box-line", x: x1 * WIDTH, y: y1 * this.height, width: (x2 - x1) * WIDTH, height: (y2 - y1) * this.height }, this.svg);
    }
    if (this.draft) this.drawDraft();
    if (focus) this.svg.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  points(polygon) {
    return polygon.map(([x, y]) => `${x * WIDTH},${y * this.height}`).join(" ");
  }

  /** Return the length in the drawing of some pixels on the screen. */
  px(pixels) {
    return (pixels * WIDTH) / (this.svg.clientWidth || WIDTH);
  }

  drawZone(at) {
    const zone = this.zones[at];
    const chosen = at === this.chosen && !this.draft;
    const wrong = fault(zone.polygon);
    const group = shape("g", { class: `zone colour-${at % COLOURS}${chosen ? " chosen" : ""}${wrong ? " wrong" : ""}` }, this.svg);
    const body = shape("polygon", {
      class: "zone-shape", points: this.points(zone.polygon), tabindex: this.draft ? -1 : 0, role: "button",
      "aria-label": t("cameras.js.zone_label", { zone: zone.id, count: zone.polygon.length }), "aria-pressed": chosen,
      "data-key": `zone-${at}`, "data-zone": at,
    }, group);
    if (wrong) shape("title", {}, body).textContent = t(`cameras.js.fault_${wrong}`);
    const top = zone.polygon.reduce((best, one) => (one[1] < best[1] ? one : best));
    const name = shape("text", {
      class: "zone-name", x: Math.max(Math.min(top[0] * WIDTH, WIDTH - this.px(70)), this.px(4)), y: Math.max(top[1] * this.height - this.px(9), this.px(16)),
      "font-size": this.px(14), "aria-hidden": "true",
    }, group);
    name.textContent = zone.id;
    if (!chosen || !this.editable) return;
    zone.polygon.forEach((_, corner) => this.handle(group, zone.polygon, corner, true));
    zone.polygon.forEach((_, corner) => this.handle(group, zone.polygon, corner, false));
  }

  handle(group, polygon, corner, onEdge) {
    const [x, y] = onEdge ? middle(polygon, corner) : polygon[corner];
    const place = { number: corner + 1, count: polygon.length, x: percent(x), y: percent(y) };
    const grip = shape("g", {
      class: onEdge ? "grip edge" : "grip", tabindex: onEdge ? -1 : 0, role: "button",
      "aria-label": t(onEdge ? "cameras.js.edge_label" : "cameras.js.corner_label", place),
      "data-key": `${onEdge ? "edge" : "corner"}-${corner}`, [onEdge ? "data-edge" : "data-corner"]: corner,
    }, group);
    const at = { cx: x * WIDTH, cy: y * this.height };
    shape("circle", { class: "reach", r: this.px(onEdge ? 13 : 20), ...at }, grip);
    shape("circle", { class: "dot", r: this.px(onEdge ? 4 : 7), ...at }, grip);
  }

  drawDraft() {
    const group = shape("g", { class: "draft" }, this.svg);
    shape("polyline", { class: "draft-line", points: this.points([...this.draft, this.cursor]) }, group);
    this.draft.forEach(([x, y], at) => {
      shape("circle", { class: at ? "dot" : "dot first", r: this.px(at ? 5 : 9), cx: x * WIDTH, cy: y * this.height }, group);
    });
    const [x, y] = [this.cursor[0] * WIDTH, this.cursor[1] * this.height];
    const arm = this.px(14);
    shape("path", { class: "crosshair", d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}` }, group);
  }

  // ---- mouse and finger
  point(event) {
    const frame = this.svg.getBoundingClientRect();
    return [share((event.clientX - frame.left) / frame.width), share((event.clientY - frame.top) / frame.height)];
  }

  near(a, b, pixels) {
    const frame = this.svg.getBoundingClientRect();
    return Math.hypot((a[0] - b[0]) * frame.width, (a[1] - b[1]) * frame.height) <= pixels;
  }

  press(event) {
    if (event.button !== 0 || this.drag) return;
    const point = this.point(event);
    if (this.draft) {
      event.preventDefault();
      this.cursor = point;
      const reach = event.pointerType === "touch" ? 24 : 12;
      if (this.draft.length >= 3 && this.near(point, this.draft[0], reach)) this.close();
      else this.add(point);
      return;
    }
    const grip = event.target.closest("[data-corner], [data-edge]");
    const zone = event.target.closest("[data-zone]");
    if (!grip && !zone) {
      this.choose(-1);
      return;
    }
    if (!grip && Number(zone.dataset.zone) !== this.chosen) {
      this.choose(Number(zone.dataset.zone));
      this.svg.querySelector(`[data-key="zone-${this.chosen}"]`)?.focus();
      return;
    }
    if (!this.editable) return;
    event.preventDefault();
    const polygon = this.zones[this.chosen].polygon;
    const edge = grip?.dataset.edge;
    const corner = edge === undefined ? grip?.dataset.corner : Number(edge) + 1;
    const start = structuredClone(polygon);
    if (edge !== undefined) start.splice(corner, 0, middle(polygon, Number(edge)));
    // Nothing is drawn anew while it is dragged: a finger whose element is gone is a finger lifted.
    this.drag = {
      pointer: event.pointerId, from: point, start, grip, corner: corner === undefined ? null : Number(corner),
      group: event.target.closest(".zone"),
    };
    this.svg.classList.add(grip ? "dragging" : "moving");
    grip?.classList.add("held");
    this.svg.setPointerCapture(event.pointerId);
    (grip ?? zone).focus();
  }

  move(event) {
    const point = this.point(event);
    if (this.draft) {
      this.cursor = point;
      this.draw();
      return;
    }
    if (!this.drag || event.pointerId !== this.drag.pointer) return;
    const { from, start, corner } = this.drag;
    const [dx, dy] = [point[0] - from[0], point[1] - from[1]];
    const zone = this.zones[this.chosen];
    if (corner === null) zone.polygon = moved(start, dx, dy);
    else zone.polygon = start.map((one, at) => (at === corner ? [share(one[0] + dx), share(one[1] + dy)] : one));
    this.follow(zone);
    this.warn(zone);
  }

  /** Show what is dragged where it is now. */
  follow(zone) {
    const { group, grip, corner } = this.drag;
    group.classList.toggle("wrong", Boolean(fault(zone.polygon)));
    group.querySelector(".zone-shape").setAttribute("points", this.points(zone.polygon));
    for (const circle of grip?.querySelectorAll("circle") ?? []) {
      circle.setAttribute("cx", zone.polygon[corner][0] * WIDTH);
      circle.setAttribute("cy", zone.polygon[corner][1] * this.height);
    }
  }

  release(event) {
    if (!this.drag || event.pointerId !== this.drag.pointer) return;
    const { corner } = this.drag;
    this.drag = null;
    this.svg.classList.remove("dragging", "moving");
    this.changed();
    if (corner !== null) this.svg.querySelector(`[data-key="corner-${corner}"]`)?.focus();
  }

  // ---- keyboard
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key]?.map((by) => by * STEP * (event.shiftKey ? FAR : 1));
    const handled = this.draft ? this.keyInDraft(event, arrow) : this.keyOnShape(event, arrow);
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  keyInDraft(event, arrow) {
    if (arrow) {
      this.cursor = [share(this.cursor[0] + arrow[0]), share(this.cursor[1] + arrow[1])];
      this.said(`${percent(this.cursor[0])}, ${percent(this.cursor[1])}`);
      this.draw();
    } else if (event.key === " ") this.add([...this.cursor]);
    else if (event.key === "Enter") this.close();
    else if (event.key === "Backspace" || event.key === "Delete") {
      this.draft.pop();
      this.draw();
    } else if (event.key === "Escape") this.cancel();
    else return false;
    return true;
  }

  keyOnShape(event, arrow) {
    const { corner, zone: at } = event.target.dataset;
    if (at !== undefined && (event.key === "Enter" || event.key === " ")) {
      this.choose(Number(at));
      this.svg.querySelector("[data-corner]")?.focus();
      return true;
    }
    const zone = this.zones[this.chosen];
    if (!this.editable || !zone || (at !== undefined && Number(at) !== this.chosen)) return false;
    if (event.key === "Escape") {
      this.choose(-1);
      this.svg.focus();
      return true;
    }
    if (corner === undefined) return at !== undefined && Boolean(arrow) && this.put(zone, moved(zone.polygon, ...arrow));
    const number = Number(corner);
    const polygon = [...zone.polygon];
    if (arrow) polygon[number] = [share(polygon[number][0] + arrow[0]), share(polygon[number][1] + arrow[1])];
    else if (event.key === "Delete" || event.key === "Backspace") return this.remove(number);
    else if (event.key === "Insert" || event.key === "+") polygon.splice(number + 1, 0, middle(polygon, number));
    else return false;
    return this.put(zone, polygon);
  }

  /** Remove a corner of the chosen zone; a triangle keeps its three. */
  remove(number) {
    const zone = this.zones[this.chosen];
    if (!zone || zone.polygon.length <= 3) {
      this.said(t("cameras.js.fault_too_few"), true);
      return true;
    }
    this.corner = undefined;
    this.put(zone, zone.polygon.filter((_, at) => at !== number));
    this.svg.querySelector(`[data-key="corner-${Math.max(number - 1, 0)}"]`)?.focus();
    return true;
  }

  put(zone, polygon) {
    zone.polygon = polygon;
    this.draw();
    this.warn(zone);
    this.changed();
    return true;
  }

  warn(zone) {
    const wrong = fault(zone.polygon);
    this.said(wrong ? t(`cameras.js.fault_${wrong}`) : "", Boolean(wrong));
  }
}
