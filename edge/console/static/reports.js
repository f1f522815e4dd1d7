// Reports: choose a period, try a suggestion in shadow, drop it.
import { call } from "./api.js";

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
