// One's own password, and the way out.
import { call, root } from "./api.js";

const form = document.querySelector("[data-password]");
const trouble = form.querySelector("[data-error]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await call("POST", "/account/password", { old: form.elements.old.value, new: form.elements.new.value }, { quiet: true });
    location.assign(`${root}/`);
  } catch (error) {
    trouble.textContent = error.message;
  }
});

document.querySelector("[data-logout]").addEventListener("click", async () => {
  await call("POST", "/logout");
  location.assign(`${root}/login`);
});
