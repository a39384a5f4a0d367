// Runs before the page is painted: gives the theme of the system to whoever has not chosen one, and follows it.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (root.dataset.theme !== "system") return;
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("registry:theme"));
  };
  follow();
  dark.addEventListener("change", follow);
  document.addEventListener("registry:follow", follow);
})();
