// What every page's script uses: the API, live events, texts, toasts and dialogs.
const page = document.documentElement;
export const root = page.dataset.root;
const texts = JSON.parse(document.getElementById("texts").textContent);

/** Return a text in the page's language with its {places} filled in. */
export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** An answer of the API that is no success; `message` is fit for a person, `status` is HTTP's. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * Call the API and return its JSON, undefined if the answer is empty.
 * Throws ApiError, after it has been shown unless `quiet`.
 */
export async function call(method, path, body, { quiet = false, signal, signingIn = false } = {}) {
  try {
    return await answered(method, path, body, { signal, signingIn });
  } catch (error) {
    if (!quiet && error.name !== "AbortError") toast(error.message, "trouble");
    throw error;
  }
}

async function answered(method, path, body, { signal, signingIn }) {
  const headers = { "X-CSRF-Token": page.dataset.csrf, Accept: "application/json" };
  const raw = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !raw) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(`${root}/api/v1${path}`, {
      method, headers, signal, credentials: "same-origin",
      body: body === undefined || raw ? body : JSON.stringify(body),
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new ApiError(t("js.unreachable"), 0);
  }
  if (response.status === 401 && !signingIn) {
    location.assign(`${root}/login?next=${encodeURIComponent(location.pathname.slice(root.length) + location.search)}`);
    throw new ApiError(t("js.signed_out"), 401);
  }
  const text = await response.text();
  const json = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined;
  if (!response.ok) throw new ApiError(sentence(json) ?? t("js.failed", { status: response.status }), response.status);
  return json;
}

function sentence(json) {
  const detail = json?.detail;
  if (Array.isArray(detail)) return detail.map((one) => `${one.loc?.slice(1).join(".")}: ${one.msg}`).join("; ");
  return detail;
}

/** Return what writes a moment in the page's language and in the site's time, wherever the browser is. */
export function clock(style) {
  const format = new Intl.DateTimeFormat(page.lang, { timeZone: page.dataset.timeZone, hourCycle: "h23", ...style });
  return (moment) => format.format(new Date(moment));
}

/** Call `handler` with {kind} whenever something changed on the box; say when the line is cut. */
export function events(handler) {
  const source = new EventSource(`${root}/api/v1/events`);
  const sign = document.querySelector("[data-connection]");
  source.onopen = () => { if (sign) sign.hidden = true; };
  source.onerror = () => { if (sign) sign.hidden = false; };
  source.onmessage = (message) => handler(JSON.parse(message.data));
  return source;
}

/** Show a line for a few seconds. */
export function toast(text, kind = "") {
  const line = document.createElement("div");
  line.className = `toast ${kind}`;
  line.textContent = text;
  document.querySelector("[data-toasts]").append(line);
  setTimeout(() => line.remove(), kind ? 8000 : 3500);
}

/**
 * Ask something in a dialog made of `content` (a node); resolves to the form's data, or null if
 * it was closed without an answer.
 */
export function dialog(title, content, { confirm = t("js.ok"), danger = false } = {}) {
  const box = document.createElement("dialog");
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "form";
  const heading = document.createElement("h2");
  heading.textContent = title;
  const buttons = document.createElement("div");
  buttons.className = "row";
  const yes = document.createElement("button");
  yes.className = danger ? "danger" : "primary";
  yes.value = "yes";
  yes.textContent = confirm;
  const no = document.createElement("button");
  no.type = "button";
  no.textContent = t("js.cancel");
  no.addEventListener("click", () => box.close());
  buttons.append(yes, no);
  form.append(heading, content, buttons);
  box.append(form);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      resolve(box.returnValue === "yes" ? new FormData(form) : null);
      box.remove();
    });
  });
}

/** Make an element: el("button", {class: "primary", onclick: f}, "text", child). */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}
