// What the server says is wrong with a configuration, shown at the field it is about.
import { el, t } from "./api.js";

const BEFORE = /^cameras\[\d+\]\.?/;

export class Problems {
  /** `place` is the page, `summary` the element that lists all of them. */
  constructor(place, summary) {
    Object.assign(this, { place, summary, found: [] });
  }

  set(found) {
    this.found = found;
    this.show();
  }

  /** Show them again, after forms were drawn anew. */
  show() {
    for (const line of this.place.querySelectorAll("[data-error]")) line.textContent = "";
    for (const input of this.place.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    this.summary.hidden = this.found.length === 0;
    this.summary.replaceChildren(el("p", {}, el("strong", {}, t("cameras.js.problems", { count: this.found.length }))), el("ul", {}, ...this.found.map((one) => this.line(one))));
  }

  line({ key, sentence }) {
    const path = key.replace(BEFORE, "");
    const place = this.closest(path);
    if (place) {
      const line = place.matches("[data-error]") ? place : place.querySelector("[data-error]");
      if (line) line.textContent = line.textContent ? `${line.textContent}; ${sentence}` : sentence;
      const input = place.querySelector("input, select");
      if (input && place.dataset.path === path) input.setAttribute("aria-invalid", "true");
    }
    return el("li", {}, el("code", {}, path || key), ` ${sentence}`);
  }

  /** Return the field of a path, or of what it lies in. */
  closest(path) {
    const places = [...this.place.querySelectorAll("[data-path]")];
    for (let rest = path; rest; rest = rest.replace(/(\.[^.[]*|\[\d+\]|^[^.[]+)$/, "")) {
      const place = places.find((one) => one.dataset.path === rest);
      if (place) return place;
    }
    return undefined;
  }
}
