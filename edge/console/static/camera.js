// One camera: its zones and rules over its picture, checked, tried and saved.
import { call, dialog, el, root, t, toast } from "./api.js";
import { settingsForm } from "./camera_settings.js";
import { history, save } from "./configuration.js";
import { DryRun } from "./dry_run.js";
import { fault } from "./polygon.js";
import { Problems } from "./problems.js";
import { field, ruleForm, text } from "./rule_form.js";
import { showStill } from "./still.js";
import { Undo } from "./undo.js";
import { COLOURS, ZoneEditor } from "./zone_editor.js";

const page = document.querySelector("[data-camera]");
const cameraId = page.dataset.camera;
const editable = page.dataset.change === "true";
const find = (name) => page.querySelector(`[data-${name}]`);
const [meta, now] = await Promise.all([call("GET", "/rule-types"), call("GET", "/configuration")]);
const written = now.cameras.find((one) => one.id === cameraId);
let version = now.version;
let saved = JSON.stringify(written);
let camera = structuredClone(written);
camera.zones ??= [];
let undo = new Undo(camera);
const openRules = new Set();

const problems = new Problems(page, find("problems"));
const editor = new ZoneEditor(find("zones-svg"), {
  editable, changed: note, drawn: named, selected: (index) => { showList(); showZone(index); }, said: say,
});

function say(message, wrong = false) {
  const line = find("said");
  line.textContent = message;
  line.classList.toggle("error", wrong);
}

/** Remember what was changed; `structure` says that forms must be drawn anew. */
function note(structure = false) {
  undo.note(camera);
  if (structure) draw();
  else {
    editor.draw();
    showList();
    buttons();
  }
}

function keys() {
  const base = JSON.parse(saved);
  const changed = {};
  for (const key of new Set([...Object.keys(base), ...Object.keys(camera)])) {
    if (key !== "id" && JSON.stringify(base[key]) !== JSON.stringify(camera[key])) changed[key] = camera[key] ?? null;
  }
  if (!base.zones && !camera.zones.length) delete changed.zones;
  return changed;
}

const dirty = () => Object.keys(keys()).length > 0;

function buttons() {
  find("undo").disabled = !undo.canUndo;
  find("redo").disabled = !undo.canRedo;
  find("save").disabled = !dirty();
  find("unsaved").hidden = !dirty();
  find("remove-corner").disabled = editor.chosen < 0;
  find("finish").disabled = editor.draft === null;
  find("draw").setAttribute("aria-pressed", String(editor.draft !== null));
}

function draw() {
  editor.show(camera.zones, editor.chosen);
  showList();
  showZone(editor.chosen);
  settingsForm(find("settings"), camera, { editable, changed: note });
  buttons();
  problems.show();
}

function showList() {
  const list = find("zone-list");
  list.replaceChildren(...camera.zones.map((zone, at) => el("li", {},
    el("button", {
      type: "button", class: `zone-entry colour-${at % COLOURS}`, "aria-pressed": String(at === editor.chosen),
      onclick: () => editor.choose(at === editor.chosen ? -1 : at),
    }, el("span", { class: "swatch", "aria-hidden": "true" }), el("span", {}, zone.id),
    el("span", { class: "muted" }, t("cameras.js.rule_count", { count: (zone.rules ?? []).length })),
    fault(zone.polygon) ? el("span", { class: "badge trouble" }, t(`cameras.js.fault_${fault(zone.polygon)}`)) : ""))));
  find("no-zones").hidden = camera.zones.length > 0;
  buttons();
}

function showZone(index) {
  const panel = find("zone-panel");
  const zone = camera.zones[index];
  panel.replaceChildren();
  if (!zone) {
    panel.append(el("p", { class: "muted" }, t(camera.zones.length ? "cameras.js.choose_zone" : "cameras.js.draw_first")));
    return;
  }
  const path = `zones[${index}]`;
  const context = { editable, changed: note };
  const name = el("input", { value: zone.id, maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*", autocomplete: "off", disabled: !editable, onchange: (event) => rename(zone, event.target) });
  panel.append(
    el("span", { class: "error", "data-path": `${path}.polygon`, "data-error": true }),
    el("div", { class: "fields", "data-path": path },
      field(`${path}.id`, t("cameras.js.zone_name"), t("cameras.js.zone_name_hint"), name),
      field(`${path}.place`, t("cameras.js.zone_place"), t("cameras.js.zone_place_hint"), text(zone, "place", context, { maxlength: 64 }))),
    el("h3", {}, t("cameras.js.rules")),
    ...(zone.rules ?? []).map((rule, at) => ruleOf(zone, rule, index, at)));
  if (!(zone.rules ?? []).length) panel.append(el("p", { class: "muted" }, t("cameras.js.no_rules")));
  if (!editable) return;
  panel.append(adder(zone), el("button", { type: "button", class: "danger", "data-delete-zone": true, onclick: () => removeZone(index) }, t("cameras.js.delete_zone")));
  problems.show();
}

function ruleOf(zone, rule, index, at) {
  const key = `${zone.id} ${rule.type}`;
  return ruleForm(rule, `zones[${index}].rules[${at}]`, {
    meta, zone, zones: camera.zones, editable, changed: note, open: openRules.has(key),
    toggled: (open) => (open ? openRules.add(key) : openRules.delete(key)),
    remove: () => { zone.rules = zone.rules.filter((one) => one !== rule); note(true); },
  });
}

function adder(zone) {
  const there = (zone.rules ?? []).map((one) => one.type);
  const left = Object.keys(meta.defaults).filter((type) => !there.includes(type));
  const select = el("select", { "aria-label": t("cameras.js.rule_type"), "data-rule-type": true }, ...left.map((type) => el("option", { value: type }, t(`type.${type}`))));
  return el("div", { class: "row adder" }, select, el("button", {
    type: "button", "data-add-rule": true, disabled: !left.length,
    onclick: () => {
      zone.rules = [...(zone.rules ?? []), { type: select.value }];
      openRules.add(`${zone.id} ${select.value}`);
      note(true);
      find("zone-panel").querySelector(".rule:last-of-type input")?.focus();
    },
  }, t("cameras.js.add_rule")));
}

/** Give a zone another name, also where the camera speaks of it. */
function rename(zone, input) {
  const wanted = input.value.trim();
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(wanted) || camera.zones.some((one) => one !== zone && one.id === wanted)) {
    say(t("cameras.js.bad_name"), true);
    input.value = zone.id;
    return;
  }
  const old = zone.id;
  const swap = (holder, key) => { if (holder?.[key]) holder[key] = holder[key].map((one) => (one === old ? wanted : one)); };
  for (const one of camera.zones) for (const rule of one.rules ?? []) swap(rule, "outside");
  swap(camera.motion, "ignore");
  swap(camera.street, "close");
  swap(camera.street, "sky");
  if (camera.gate?.zone === old) camera.gate.zone = wanted;
  zone.id = wanted;
  note(true);
}

function removeZone(index) {
  const [gone] = camera.zones.splice(index, 1);
  editor.chosen = -1;
  note(true);
  say(t("cameras.js.zone_deleted", { zone: gone.id }));
}

/** Take a polygon that was drawn, under a name that is free. */
function named(polygon) {
  if (polygon) {
    let number = camera.zones.length + 1;
    while (camera.zones.some((zone) => zone.id === `zone-${number}`)) number += 1;
    camera.zones.push({ id: `zone-${number}`, polygon, rules: [] });
    editor.chosen = camera.zones.length - 1;
    note(true);
    say(t("cameras.js.zone_drawn", { zone: `zone-${number}` }));
    find("zone-panel").querySelector("input")?.focus();
  }
  buttons();
}

function go(by) {
  camera = undo.go(by);
  draw();
}

/** Return whether the server would accept it; else say at each field why not. */
async function check() {
  if (!dirty()) {
    problems.set([]);
    return true;
  }
  const { problems: found } = await call("POST", "/configuration/check", { changes: [{ camera_id: cameraId, keys: keys() }] });
  problems.set(found);
  reveal(found);
  return found.length === 0;
}

/** Open the zone of the first problem. */
function reveal(found) {
  const place = found.map((one) => /zones\[(\d+)\](?:\.rules\[(\d+)\])?/.exec(one.key)).find(Boolean);
  if (!place) return;
  const zone = camera.zones[place[1]];
  if (place[2] && zone) openRules.add(`${zone.id} ${zone.rules[place[2]]?.type}`);
  editor.choose(Number(place[1]));
  showZone(editor.chosen);
}

function picture() {
  const image = find("picture");
  showStill(image, `${root}/api/v1/cameras/${encodeURIComponent(cameraId)}/live.jpg?size=full`, (shown) => {
    image.hidden = !shown;
    find("no-picture").hidden = shown;
    if (shown && image.naturalHeight) editor.ratio(image.naturalWidth / image.naturalHeight);
  });
}

find("refresh").addEventListener("click", picture);
find("draw").addEventListener("click", () => { if (editor.draft) editor.cancel(); else editor.begin(); buttons(); });
find("finish").addEventListener("click", () => editor.close());
find("remove-corner").addEventListener("click", () => {
  if (editor.corner === undefined) say(t("cameras.js.choose_corner"));
  else editor.remove(editor.corner);
});
find("undo").addEventListener("click", () => go(-1));
find("redo").addEventListener("click", () => go(1));
find("check").addEventListener("click", async () => { if (await check()) toast(t("cameras.js.all_well")); });
find("save").addEventListener("click", async () => {
  const made = await save([{ camera_id: cameraId, keys: keys() }], version, (found) => { problems.set(found); reveal(found); });
  if (!made) return;
  version = made;
  const fresh = await call("GET", "/configuration");
  camera = structuredClone(fresh.cameras.find((one) => one.id === cameraId));
  saved = JSON.stringify(camera);
  camera.zones ??= [];
  undo = new Undo(camera);
  draw();
});
find("history").addEventListener("click", () => history(version, { editable }));
find("remove-camera").addEventListener("click", async () => {
  if (!(await dialog(t("cameras.js.remove_camera"), el("p", {}, t("cameras.js.remove_question", { camera: cameraId })), { danger: true }))) return;
  if (await save([{ camera_id: cameraId, keys: null }], version, (found) => problems.set(found))) location.assign(`${root}/cameras`);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select") || !editable) return;
  const by = { z: event.shiftKey ? 1 : -1, y: 1 }[event.key.toLowerCase()];
  if (!by) return;
  event.preventDefault();
  go(by);
});
addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });

if (editable) {
  new DryRun(find("dry-run"), cameraId, { keys, checked: check, mark: (box) => editor.mark(box) });
}
picture();
draw();
page.dataset.ready = "true";
