// Check both chains and say what came of it.
import { call, t } from "./api.js";

const outcome = document.querySelector("[data-outcome]");

document.querySelector("[data-verify]").addEventListener("click", async () => {
  const chains = await call("GET", "/audit/verification");
  const broken = chains.filter((one) => !one.intact);
  outcome.hidden = false;
  outcome.classList.toggle("trouble", broken.length > 0);
  outcome.textContent = broken.length
    ? broken.map((one) => t("audit.broken", { chain: one.chain, number: one.first_broken })).join(" ")
    : t("audit.intact");
});
