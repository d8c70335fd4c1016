"use strict";
{
  // Light or dark: as the system has it, until somebody presses the button.
  const root = document.documentElement;
  const button = document.getElementById("dark-switch");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.look ? root.dataset.look === "dark" : system.matches);
  const say = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.look = isDark() ? "light" : "dark";
    say();
  });
  system.addEventListener("change", say);
  say();

  // Paper folds nothing away.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((part) => (part.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((part) => (part.open = false)));
}
