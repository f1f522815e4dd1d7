// The list of cameras: pictures, one more camera, the configuration's history.
import { call, dialog, el, root, t } from "./api.js";
import { settingsForm } from "./camera_settings.js";
import { history, save } from "./configuration.js";
import { field } from "./rule_form.js";
import { Problems } from "./problems.js";
import { showStill } from "./still.js";

const page = document.querySelector("[data-cameras]");
const editable = page.dataset.change === "true";

for (const image of page.querySelectorAll("[data-still]")) {
  const none = image.parentElement.querySelector("[data-no-still]");
  showStill(image, image.dataset.still, (shown) => {
    image.hidden = !shown;
    none.hidden = shown;
  });
}

async function add() {
  const { version, cameras } = await call("GET", "/configuration");
  const camera = {};
  const name = el("input", { name: "id", required: true, maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*", autocomplete: "off", placeholder: "street-02" });
  const form = el("div");
  const wrong = el("div", { class: "notice trouble", role: "alert", hidden: true });
  const content = el("div", { class: "form" }, wrong, field("id", t("cameras.js.id"), t("cameras.js.id_hint"), name), form);
  const problems = new Problems(content, wrong);
  settingsForm(form, camera, { editable: true, changed: () => {} });
  // Asked again until it is accepted or given up: what was written stays.
  for (;;) {
    if (!(await dialog(t("cameras.js.add_camera"), content, { confirm: t("cameras.js.add") }))) return;
    const id = name.value.trim();
    if (cameras.some((one) => one.id === id)) {
      problems.set([{ key: "id", sentence: t("cameras.js.id_taken") }]);
      continue;
    }
    if (await save([{ camera_id: id, keys: camera }], version, (found) => problems.set(found))) {
      location.assign(`${root}/cameras/${encodeURIComponent(id)}`);
      return;
    }
  }
}

page.querySelector("[data-add]")?.addEventListener("click", add);
page.querySelector("[data-history]").addEventListener("click", async () => {
  const { version } = await call("GET", "/configuration");
  history(version, { editable });
});
