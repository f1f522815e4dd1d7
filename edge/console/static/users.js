// Users and tokens: what is made here is shown once.
import { call, dialog, el, t } from "./api.js";

const idsOf = (text) => {
  const ids = text.split(/[\s,]+/).filter(Boolean);
  return ids.length ? ids : null;
};

async function showOnce(title, secret) {
  const shown = el("div", {}, el("p", {}, t("users.once")), el("code", { class: "secret" }, secret));
  await dialog(title, shown);
  location.reload();
}

document.querySelector("[data-add]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, role, cameras } = Object.fromEntries(new FormData(event.target));
  const made = await call("POST", "/users", { name, role, cameras: idsOf(cameras) });
  await showOnce(name, made.secret);
});

document.querySelector("[data-make-token]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, role, days } = Object.fromEntries(new FormData(event.target));
  const made = await call("POST", "/tokens", { name, role, days: Number(days) });
  await showOnce(name, made.secret);
});

for (const row of document.querySelectorAll("[data-user]")) {
  const { user, role, disabled } = row.dataset;
  const cameras = JSON.parse(row.dataset.cameras);
  row.querySelector("[data-reset]").addEventListener("click", async () => {
    if (!(await dialog(user, el("p", {}, t("users.reset_question")), { danger: true }))) return;
    await showOnce(user, (await call("POST", `/users/${user}/reset`)).secret);
  });
  row.querySelector("[data-edit]").addEventListener("click", async () => {
    const roles = document.querySelector("[data-add] select").cloneNode(true);
    roles.value = role;
    const given = el("input", { name: "cameras", value: (cameras ?? []).join(", ") });
    const off = el("input", { type: "checkbox", name: "disabled", checked: disabled === "true" });
    const answer = await dialog(user, el("div", { class: "form" },
      el("label", {}, t("users.role"), roles),
      el("label", {}, t("users.only_cameras"), given),
      el("label", { class: "check" }, off, t("users.disabled"))));
    if (!answer) return;
    await call("PUT", `/users/${user}`, {
      role: answer.get("role"), cameras: idsOf(answer.get("cameras")), disabled: answer.has("disabled"),
    });
    location.reload();
  });
}

for (const row of document.querySelectorAll("[data-token]")) {
  row.querySelector("[data-revoke]").addEventListener("click", async () => {
    await call("DELETE", `/tokens/${row.dataset.token}`);
    location.reload();
  });
}
