// The frame of every page: menu, language, theme.
const root = document.documentElement;
const YEAR_S = 31536000;

function remember(name, value) {
  const path = `${root.dataset.root}/`;
  document.cookie = `${name}=${value}; path=${path}; max-age=${YEAR_S}; samesite=strict`;
}

const menu = document.querySelector("[data-menu]");
menu?.addEventListener("click", () => {
  const open = document.getElementById("nav").classList.toggle("open");
  menu.setAttribute("aria-expanded", String(open));
});

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    remember("language", button.dataset.language);
    location.reload();
  });
}

const THEMES = ["auto", "light", "dark"];
document.querySelector("[data-theme-button]")?.addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  root.dataset.theme = next;
  remember("theme", next);
});
