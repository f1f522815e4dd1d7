// Search people, look at one, change, export and erase.
import { call, dialog, el, root, t, toast } from "./api.js";

const form = document.querySelector("[data-search]");
const rows = document.querySelector("[data-rows]");
const table = document.querySelector("[data-found]");
const before = document.querySelector("[data-before]");
const none = document.querySelector("[data-none]");
const more = document.querySelector("[data-more]");
const total = document.querySelector("[data-total]");
const may = {
  change: form.dataset.changes === "true", faces: form.dataset.faces === "true", gate: form.dataset.gate === "true",
};
const categories = form.elements.category;
let next = "";

async function search(after = "") {
  const { text, category, purpose } = Object.fromEntries(new FormData(form));
  const page = await call("POST", "/residents/search", { text, purpose, after, category: category || null });
  sessionStorage.setItem("purpose", purpose);
  if (!after) rows.replaceChildren();
  rows.append(...page.residents.map(row));
  next = page.next;
  more.hidden = !next;
  before.hidden = true;
  table.hidden = !rows.childElementCount;
  none.hidden = !table.hidden;
  total.textContent = t("residents.total", { total: page.total });
}

const span = (one) => (one.valid_from || one.valid_until ? `${one.valid_from ?? "…"} – ${one.valid_until ?? "…"}` : "");

function row(one) {
  return el("tr", {},
    el("td", { class: "mono" }, one.id), el("td", {}, one.name), el("td", {}, one.unit),
    el("td", {}, t(`category.${one.category}`)),
    el("td", {}, el("span", { class: `badge ${one.validity === "valid" ? "good" : "warning"}` }, t(`valid.${one.validity}`)), ` ${span(one)}`),
    el("td", {}, el("button", { type: "button", onclick: () => show(one.id) }, t("residents.details"))));
}

async function show(id) {
  const purpose = form.elements.purpose.value;
  if (!form.reportValidity()) return;
  const stored = await call("POST", `/residents/${encodeURIComponent(id)}/show`, { purpose });
  const one = stored.resident;
  const field = (name, value, type = "text") =>
    el("label", {}, t(`residents.${name}`), el("input", { name, type, value: value ?? "", maxlength: 100, disabled: !may.change }));
  const category = categories.cloneNode(true);
  category.options[0].remove();
  category.value = one.category;
  category.disabled = !may.change;
  const photos = stored.templates.reduce((sum, template) => sum + template.photos, 0);
  const actions = el("div", { class: "row" }, el("button", { type: "button", onclick: () => save(id, stored) }, t("residents.export")));
  if (may.gate) actions.append(el("a", { class: "button", href: `${root}/gate` }, t("residents.passages")));
  if (may.change) actions.append(el("button", { type: "button", class: "danger", onclick: () => remove(id) }, t("residents.remove")));
  const portrait = stored.portrait && may.faces
    ? el("img", { class: "portrait", alt: one.id, src: `${root}/api/v1/residents/${encodeURIComponent(id)}/portrait` })
    : el("p", { class: "muted" }, t("residents.no_portrait"));
  const consent = stored.consents.at(-1);
  const content = el("div", { class: "form" }, portrait,
    el("p", {}, t("residents.templates", { count: stored.templates.length, photos })),
    el("p", { class: "muted" }, `${t("residents.consent")}: ${consent.notice_version}, ${consent.given_at.slice(0, 10)}, ${consent.channel}${consent.guardian ? `, ${t("residents.guardian")} ${consent.guardian}` : ""}`),
    field("name", one.name), field("unit", one.unit), el("label", {}, t("residents.category"), category),
    field("valid_from", one.valid_from, "date"), field("valid_until", one.valid_until, "date"), actions);
  const answer = await dialog(one.id, content, { confirm: may.change ? t("residents.save") : t("js.ok") });
  if (!answer || !may.change) return;
  await call("PUT", `/residents/${encodeURIComponent(id)}`, {
    name: answer.get("name"), unit: answer.get("unit"), category: answer.get("category"),
    valid_from: answer.get("valid_from") || null, valid_until: answer.get("valid_until") || null,
  });
  toast(t("js.saved"));
  await search();
}

function save(id, stored) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(stored, null, 2)], { type: "application/json" }));
  el("a", { href: address, download: `${id}.json` }).click();
  URL.revokeObjectURL(address);
}

async function remove(id) {
  if (!(await dialog(t("residents.remove"), el("p", {}, t("residents.remove_sure", { id })), { danger: true }))) return;
  await call("DELETE", `/residents/${encodeURIComponent(id)}`);
  document.querySelector("dialog[open]")?.close();
  toast(t("residents.removed"));
  await search();
}

form.elements.purpose.value = sessionStorage.getItem("purpose") ?? "";
form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
more.addEventListener("click", () => search(next));
document.addEventListener("registered", () => { if (form.elements.purpose.value) search(); });
const asked = decodeURIComponent(location.hash.slice(1));
if (asked) {
  form.elements.text.value = asked;
  if (form.elements.purpose.value) search();
}
