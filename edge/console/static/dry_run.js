// The dry run's part of a camera's page: what the rules as they are drawn would have told.
import { call, clock, el, root, t, toast } from "./api.js";

const LOOK_EVERY_MS = 1000;

export class DryRun {
  /** `keys()` returns what is to be tried, `checked()` whether it can be; `mark(box)` shows a place. */
  constructor(panel, cameraId, { keys, checked, mark }) {
    Object.assign(this, { panel, keys, checked, mark });
    this.moment = clock({ dateStyle: "short", timeStyle: "medium" });
    this.path = `/cameras/${encodeURIComponent(cameraId)}/dry-runs`;
    this.form = panel.querySelector("form");
    this.result = panel.querySelector("[data-result]");
    this.bar = panel.querySelector("progress");
    this.state = panel.querySelector("[data-state]");
    this.stop = panel.querySelector("[data-cancel]");
    this.form.addEventListener("change", () => this.sources());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.begin(); });
    this.stop.addEventListener("click", () => this.cancel());
    this.list();
  }

  async list() {
    const { recordings } = await call("GET", "/recordings");
    this.form.elements.name.replaceChildren(...recordings.map((one) => el("option", {}, one)));
    this.form.elements.name.dataset.count = recordings.length;
    this.sources();
  }

  sources() {
    const source = this.form.elements.source.value;
    for (const part of this.form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(source);
    const none = source === "recording" && this.form.elements.name.dataset.count === "0";
    this.form.querySelector("[data-no-recordings]").hidden = !none;
    this.form.querySelector("[data-begin]").disabled = none;
  }

  async begin() {
    const { source, name, begins_at: begins, clip } = this.form.elements;
    if (!(await this.checked())) return;
    if (source.value === "upload") {
      if (!clip.files.length) {
        toast(t("cameras.js.choose_clip"), "trouble");
        return;
      }
      this.say(t("cameras.js.uploading"));
      await call("PUT", `${this.path}/clip`, clip.files[0]).catch((error) => { this.say(""); throw error; });
    }
    this.result.replaceChildren();
    this.say("");
    const body = { keys: this.keys(), source: source.value };
    if (source.value === "recording") body.name = name.value;
    if (source.value !== "last_hour" && begins.value) body.begins_at = begins.value;
    this.number = (await call("POST", this.path, body)).number;
    this.busy(true);
    this.look();
  }

  async look() {
    let run;
    try {
      run = await call("GET", `${this.path}/${this.number}`);
    } catch {
      this.busy(false);
      return;
    }
    this.show(run);
    if (run.state === "running") setTimeout(() => this.look(), LOOK_EVERY_MS);
    else this.busy(false);
  }

  async cancel() {
    await call("DELETE", `${this.path}/${this.number}`);
  }

  busy(running) {
    this.form.querySelector("[data-begin]").disabled = running;
    this.stop.hidden = !running;
    this.bar.hidden = !running;
  }

  say(text) { this.state.textContent = text; }

  show(run) {
    if (run.share > 0) this.bar.value = run.share;
    else this.bar.removeAttribute("value");
    this.say(`${t(`cameras.js.run_${run.state}`, { percent: Math.round(run.share * 100) })} ${run.detail} ${t("cameras.js.finds", { count: run.finds.length })}`);
    if (run.state === "done" && !run.finds.length) {
      this.result.replaceChildren(el("p", { class: "notice" }, t("cameras.js.no_finds")));
      return;
    }
    this.result.replaceChildren(...run.finds.map((find) => this.row(find)));
  }

  row(find) {
    const box = find.box;
    const shown = find.still ? el("img", {
      src: `${root}/api/v1${this.path}/${this.number}/${find.number}.jpg`, alt: t("cameras.js.still_alt", { type: t(`type.${find.type}`) }), loading: "lazy",
    }) : el("span", { class: "muted" }, t("cameras.js.no_still"));
    return el("li", {
      class: "find", tabindex: "0", onfocus: () => this.mark(box), onblur: () => this.mark(null),
      onmouseenter: () => this.mark(box), onmouseleave: () => this.mark(null),
    }, el("div", { class: "find-still" }, shown), el("div", {},
      el("p", {}, el("strong", {}, t(`type.${find.type}`)), " ", el("span", { class: `badge ${find.severity}` }, t(`severity.${find.severity}`)),
        " ", el("span", { class: "badge" }, t(`stage.${find.stage}`))),
      el("p", { class: "muted" }, t("cameras.js.find_facts", {
        zone: find.zone_id ?? "–", at: this.moment(find.first_seen_at), opened: this.moment(find.opened_at),
        dwell: Math.round(find.dwell_s), confidence: Math.round(find.confidence * 100),
      }))));
  }
}
