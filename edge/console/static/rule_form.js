// The form of one rule: what the configuration knows of it, with what is usual where nothing is given.
import { el, t } from "./api.js";

const UNITS = [[86400, "d"], [3600, "h"], [60, "m"]];
const SEVERITIES = ["normal", "urgent", "review"];

/** Return seconds as the configuration writes them. */
export function duration(seconds) {
  const [size, unit] = UNITS.find(([length]) => seconds >= length && seconds % length === 0) ?? [1, "s"];
  return `${seconds / size}${unit}`;
}

function put(holder, key, value) {
  if (value === undefined || value === "" || (Array.isArray(value) && !value.length)) delete holder[key];
  else holder[key] = value;
}

let count = 0;

/** Return a labelled field; the server's word on it finds it by its path. */
export function field(path, label, hint, input) {
  const id = `field-${(count += 1)}`;
  input.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  return el("div", { class: "field", "data-path": path },
    el("label", {}, label, input),
    el("span", { class: "hint", id: `${id}-hint` }, hint),
    el("span", { class: "error", id: `${id}-error`, "data-error": true }));
}

export function text(holder, key, context, attributes = {}) {
  return el("input", {
    value: holder[key] ?? "", maxlength: 200, autocomplete: "off", disabled: !context.editable, ...attributes,
    onchange: (event) => { put(holder, key, event.target.value.trim()); context.changed(); },
  });
}

function number(holder, key, context, attributes) {
  return el("input", {
    type: "number", value: holder[key] ?? "", disabled: !context.editable, ...attributes,
    onchange: (event) => {
      put(holder, key, event.target.value === "" ? undefined : Number(event.target.value));
      context.changed();
    },
  });
}

function choice(holder, key, context, options, read) {
  const select = el("select", {
    disabled: !context.editable,
    onchange: () => { put(holder, key, read(select.value)); context.changed(); },
  }, ...options.map(([value, label]) => el("option", { value }, label)));
  select.value = String(holder[key] ?? "");
  return select;
}

function words(holder, key, context) {
  return el("input", {
    value: (holder[key] ?? []).join(", "), autocomplete: "off", maxlength: 400, disabled: !context.editable,
    onchange: (event) => {
      put(holder, key, event.target.value.split(/[,,、\s]+/).filter(Boolean));
      context.changed();
    },
  });
}

function zones(rule, path, context) {
  const others = context.zones.filter((one) => one !== context.zone);
  const boxes = others.map((zone) => el("label", { class: "check" },
    el("input", {
      type: "checkbox", checked: (rule.outside ?? []).includes(zone.id), disabled: !context.editable,
      onchange: (event) => {
        const rest = (rule.outside ?? []).filter((one) => one !== zone.id);
        put(rule, "outside", event.target.checked ? [...rest, zone.id] : rest);
        context.changed();
      },
    }), zone.id));
  return group("outside", path, boxes.length ? boxes : [el("p", { class: "muted" }, t("rule.no_other_zone"))]);
}

function group(key, path, content) {
  return el("fieldset", { class: "field", "data-path": `${path}.${key}` },
    el("legend", {}, t(`rule.${key}`)), el("span", { class: "hint" }, t(`rule.${key}_hint`)), ...content,
    el("span", { class: "error", "data-error": true }));
}

/** Rows of hours on days; a permit says besides what it is and how long it holds. */
function windows(rule, key, path, context) {
  const rows = rule[key] ?? [];
  const more = key === "except" ? ["permit", "code", "valid_from", "valid_until"] : [];
  const drawn = rows.map((row, at) => el("div", { class: "window" },
    ...["days", "hours", ...more].map((one) => field(`${path}.${key}[${at}].${one}`, t(`rule.${one}`), t(`rule.${one}_hint`), text(row, one, context))),
    row.polygon ? el("p", { class: "hint" }, t("rule.own_area")) : "",
    context.editable ? el("button", {
      type: "button", class: "quiet", "aria-label": `${t("rule.take_out")}: ${t(`rule.${key}`)} ${at + 1}`,
      onclick: () => { put(rule, key, rows.filter((_, other) => other !== at)); context.changed(true); },
    }, t("rule.take_out")) : ""));
  const add = context.editable ? el("button", {
    type: "button",
    onclick: () => {
      rule[key] = [...rows, key === "except" ? { permit: "", days: "daily", hours: "00:00-24:00" } : { days: "daily", hours: "07:00-22:00" }];
      if (key === "except") rule[key].at(-1).permit = `permit-${rows.length + 1}`;
      context.changed(true);
    },
  }, t(`rule.add_${key}`)) : "";
  return group(key, path, [...drawn, add]);
}

function usually(kind, value) {
  if (value === null || value === undefined) return t("rule.usual_none");
  if (kind === "duration") return t("rule.usual", { value: duration(value) });
  if (kind === "severity") return t("rule.usual", { value: t(`severity.${value}`) });
  if (kind === "flag") return t("rule.usual", { value: t(value ? "rule.yes" : "rule.no") });
  return t("rule.usual", { value });
}

function asked({ key, kind }, rule, path, context) {
  if (kind === "windows" || kind === "permits") return windows(rule, key, path, context);
  if (kind === "zones") return zones(rule, path, context);
  const usual = context.meta.defaults[rule.type]?.[key];
  // Whoever sets the dwell means it: then a warning comes only where it is asked for.
  const said = kind === "words" ? "" : usually(kind, key === "warn" && rule.dwell ? null : usual);
  const inputs = {
    duration: () => text(rule, key, context, { placeholder: "3m", pattern: "\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)?", size: 8 }),
    share: () => number(rule, key, context, { min: 0, max: 1, step: "any" }),
    count: () => number(rule, key, context, { min: 1, max: 1000, step: 1 }),
    severity: () => choice(rule, key, context, [["", t("rule.as_usual")], ...SEVERITIES.map((one) => [one, t(`severity.${one}`)])], (value) => value),
    flag: () => choice(rule, key, context, [["", t("rule.as_usual")], ["true", t("rule.yes")], ["false", t("rule.no")]], (value) => (value ? value === "true" : undefined)),
    words: () => words(rule, key, context),
  };
  return field(`${path}.${key}`, t(`rule.${key}`), `${t(`rule.${key}_hint`)} ${said}`.trim(), inputs[kind]());
}

/**
 * Return the form of `rule`, which it changes in place.
 * `context`: {meta, zone, zones, editable, changed(structure), remove(), open}.
 */
export function ruleForm(rule, path, context) {
  const keys = context.meta.keys;
  const usual = keys.filter((one) => one.usual).map((one) => asked(one, rule, path, context));
  const finer = keys.filter((one) => !one.usual).map((one) => asked(one, rule, path, context));
  const given = keys.some((one) => !one.usual && rule[one.key] !== undefined);
  const dwell = rule.dwell ?? duration(context.meta.defaults[rule.type]?.dwell ?? 0);
  return el("details", { class: "rule", open: context.open, "data-path": path, ontoggle: (event) => context.toggled(event.target.open) },
    el("summary", {}, el("strong", {}, t(`type.${rule.type}`)), " ", el("span", { class: "muted" }, t("cameras.js.after", { dwell }))),
    el("span", { class: "error", "data-error": true }),
    el("div", { class: "fields" }, ...usual),
    el("details", { class: "finer", open: given }, el("summary", {}, t("rule.finer")), el("div", { class: "fields" }, ...finer)),
    context.editable ? el("button", { type: "button", class: "danger", onclick: context.remove }, t("rule.remove")) : "");
}
