// How a camera is reached and where it stands; a password is written, never read.
import { el, t } from "./api.js";
import { field, text } from "./rule_form.js";

function addresses(camera, context) {
  // Of an address that comes from a variable or a file only that is known, and it stays as it is.
  const known = (key) => typeof camera[key] !== "object" || camera[key] === null;
  return ["url", "record_url"].map((key) => (known(key)
    ? field(key, t(`cameras.js.${key}`), t(`cameras.js.${key}_hint`), text(camera, key, context, { maxlength: 500, placeholder: "rtsp://", inputmode: "url" }))
    : field(key, t(`cameras.js.${key}`), t("cameras.js.elsewhere"), el("input", { disabled: true, value: JSON.stringify(camera[key]) }))));
}

function password(camera, context) {
  const input = el("input", {
    type: "password", autocomplete: "new-password", maxlength: 200, disabled: !context.editable,
    placeholder: camera.password ? t("cameras.js.password_kept") : "",
    onchange: (event) => {
      if (event.target.value) camera.password = event.target.value;
      context.changed();
    },
  });
  return field("password", t("cameras.js.password"), t("cameras.js.password_hint"), input);
}

/** The place is one section of the file: all of it, or none. */
function location(camera, context) {
  const place = camera.location ?? {};
  const note = () => {
    if (Object.keys(place).length) camera.location = place;
    else delete camera.location;
    context.changed();
  };
  const coordinate = (key, most) => el("input", {
    type: "number", step: "any", min: -most, max: most, value: place[key] ?? "", disabled: !context.editable,
    onchange: (event) => {
      if (event.target.value === "") delete place[key];
      else place[key] = Number(event.target.value);
      note();
    },
  });
  return [
    field("location.address", t("cameras.js.address"), t("cameras.js.address_hint"), text(place, "address", { ...context, changed: note })),
    field("location.lon", t("cameras.js.lon"), t("cameras.js.coordinate_hint"), coordinate("lon", 180)),
    field("location.lat", t("cameras.js.lat"), t("cameras.js.coordinate_hint"), coordinate("lat", 90)),
  ];
}

/** Draw the form of a camera's own keys into `panel`; it changes `camera` in place. */
export function settingsForm(panel, camera, context) {
  panel.replaceChildren(el("div", { class: "fields" },
    ...addresses(camera, context),
    field("username", t("cameras.js.username"), t("cameras.js.username_hint"), text(camera, "username", context, { maxlength: 100 })),
    password(camera, context),
    ...location(camera, context)));
}
