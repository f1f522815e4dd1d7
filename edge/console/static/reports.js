// Reports: choose a period, try a suggestion in shadow, apply it or drop it.
import { call, dialog, el, t } from "./api.js";

for (const select of document.querySelectorAll("[data-submits]")) {
  select.addEventListener("change", () => select.form.submit());
}
for (const button of document.querySelectorAll("[data-try]")) {
  button.addEventListener("click", async () => {
    const { camera, zone, type, term, days } = button.dataset;
    button.disabled = true;
    try {
      await call("POST", "/proposals", { camera_id: camera, zone_id: zone, type, term, days: Number(days) });
      location.reload();
    } catch { button.disabled = false; }
  });
}
for (const button of document.querySelectorAll("[data-drop]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await call("POST", `/proposals/${button.dataset.drop}/drop`);
      location.reload();
    } catch { button.disabled = false; }
  });
}
for (const button of document.querySelectorAll("[data-apply]")) {
  button.addEventListener("click", async () => {
    const path = `/proposals/${button.dataset.apply}`;
    button.disabled = true;
    try {
      const { problems, diff } = await call("GET", `${path}/check`);
      const content = el("div", { class: "stack" },
        el("p", {}, problems.length ? t("reports.js.cannot_apply") : t("reports.js.will_change")),
        problems.length
          ? el("ul", {}, ...problems.map((one) => el("li", {}, `${one.key}: ${one.sentence}`)))
          : el("pre", { class: "diff scroll", tabindex: "0" }, diff || t("reports.js.nothing_changes")));
      const wanted = await dialog(t("reports.js.apply_title"), content, { confirm: t("reports.js.apply") });
      if (wanted && !problems.length) {
        await call("POST", `${path}/apply`);
        location.reload();
      }
    } catch { /* the call has said why */ }
    button.disabled = false;
  });
}
