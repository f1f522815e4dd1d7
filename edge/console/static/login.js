// Sign in, then go on to where one wanted to go.
import { call, root } from "./api.js";

const form = document.querySelector("[data-login]");
const trouble = form.querySelector("[data-error]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, password } = Object.fromEntries(new FormData(form));
  try {
    await call("POST", "/login", { name, password }, { quiet: true, signingIn: true });
  } catch (error) {
    trouble.textContent = error.message;
    form.elements.password.select();
    return;
  }
  const next = new URLSearchParams(location.search).get("next") ?? "/";
  // Only a path of this site: not `//elsewhere` and not a whole address.
  location.assign(root + (/^\/(?![/\\])/.test(next) ? next : "/"));
});
