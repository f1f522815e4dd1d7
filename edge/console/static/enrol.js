// Register somebody: photos from files or the webcam, each judged at once.
import { call, el, t, toast } from "./api.js";

const box = document.querySelector("[data-add]");
const form = document.querySelector("[data-enrol]");
const list = document.querySelector("[data-photos]");
const drop = document.querySelector("[data-drop]");
const video = document.querySelector("[data-video]");
const shoot = document.querySelector("[data-shoot]");
const error = document.querySelector("[data-error]");
const photos = new Map();
let stream = null;

const told = (judged) => {
  const verdict = t(`photo.${judged.verdict}`);
  return judged.accepted ? verdict : `${verdict}: ${t(`remedy.${judged.verdict}`)}`;
};

function mark(item, judged) {
  item.querySelector("span").className = `badge ${judged.accepted ? "good" : "trouble"}`;
  item.querySelector("span").textContent = t(`photo.${judged.verdict}`);
  item.querySelector("p").textContent = judged.accepted ? "" : t(`remedy.${judged.verdict}`);
}

async function add(file) {
  const address = URL.createObjectURL(file);
  const item = el("li", {}, el("img", { src: address, alt: file.name }),
    el("div", {}, el("span", { class: "badge" }, t("residents.judging")), el("p", { class: "hint" })),
    el("button", { type: "button", onclick: () => leaveOut(item) }, t("residents.drop_photo")));
  list.append(item);
  photos.set(item, { file, address, accepted: false });
  const body = new FormData();
  body.append("photo", file, file.name);
  try {
    const judged = await call("POST", "/residents/photos", body);
    if (!photos.has(item)) return;
    photos.get(item).accepted = judged.accepted;
    mark(item, judged);
  } catch {
    leaveOut(item); // the reason has been shown
  }
}

function leaveOut(item) {
  URL.revokeObjectURL(photos.get(item)?.address);
  photos.delete(item);
  item.remove();
}

function close() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.hidden = shoot.hidden = true;
  for (const item of [...photos.keys()]) leaveOut(item);
  error.textContent = "";
}

async function enrol() {
  const given = Object.fromEntries(new FormData(form));
  const person = {
    id: given.id, name: given.name, unit: given.unit, category: given.category,
    valid_from: given.valid_from || null, valid_until: given.valid_until || null, birth_date: given.birth_date || null,
    consent: {
      notice_version: given.notice_version, given_at: `${given.given_at}T00:00:00Z`, channel: given.channel,
      guardian: given.guardian || null, portrait: form.elements.portrait.checked,
    },
  };
  const body = new FormData();
  body.append("person", JSON.stringify(person));
  const items = [...photos.keys()].filter((item) => photos.get(item).accepted);
  for (const item of items) body.append("photos", photos.get(item).file);
  if (!items.length) {
    error.textContent = t("residents.need_photo");
    return;
  }
  const outcome = await call("POST", "/residents", body);
  outcome.photos.forEach((judged, place) => mark(items[place], judged));
  if (!outcome.registered) {
    const reasons = outcome.photos.filter((one) => !one.accepted).map(told);
    error.textContent = t("residents.refused", { summary: reasons.join("; ") || outcome.summary });
    return;
  }
  toast(t("residents.registered"));
  form.reset();
  box.close();
  document.dispatchEvent(new Event("registered"));
}

document.querySelector("[data-open-add]").addEventListener("click", () => box.showModal());
document.querySelector("[data-close]").addEventListener("click", () => box.close());
box.addEventListener("close", close);
document.querySelector("[data-files]").addEventListener("change", (event) => {
  [...event.target.files].forEach(add);
  event.target.value = "";
});
drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  [...event.dataTransfer.files].forEach(add);
});
document.querySelector("[data-webcam]").addEventListener("click", async () => {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } });
  } catch {
    toast(t("residents.no_camera"), "trouble");
    return;
  }
  video.srcObject = stream;
  video.hidden = shoot.hidden = false;
  await video.play();
});
shoot.addEventListener("click", () => {
  const canvas = el("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => add(new File([blob], `webcam-${photos.size + 1}.jpg`, { type: "image/jpeg" })), "image/jpeg", 0.95);
});
form.addEventListener("submit", (event) => { event.preventDefault(); enrol(); });
