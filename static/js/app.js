// Theme, keys, chips, and what to say when a fragment does not come. Everything listens on the document, so that
// pages restored by htmx need no new listeners.
(() => {
  "use strict";
  const YEAR = 31536000;
  const root = document.documentElement;
  const remember = (name, value) => {
    document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax`;
  };

  const switchTheme = () => {
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    remember("theme", theme);
    document.dispatchEvent(new CustomEvent("registry:theme"));
  };

  const untick = (chip) => {
    const box = document.getElementById(chip.dataset.untick);
    if (!box) return false;
    box.checked = false;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector("[data-search]").focus();
    return true;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) switchTheme();
    if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
    const chip = event.target.closest("[data-untick]");
    if (chip && !event.metaKey && !event.ctrlKey && untick(chip)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-on") remember("keys", event.target.checked ? "on" : "off");
  });

  const inField = (element) => element.closest("input, textarea, select, dialog, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    const switchedOff = !document.getElementById("keys-on")?.checked;
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target) || switchedOff) return;
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "?") {
      event.preventDefault();
      document.getElementById("keys").showModal();
    }
  });

  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest("[data-failed]");
      if (form) form.querySelector("[role=status]").textContent = form.dataset.failed;
    });
  }

  document.addEventListener("registry:stale", () => location.reload());
})();
