// Theme, keys, chips, and what to say when a fragment does not come. Everything listens on the document, so that
// pages restored by htmx need no new listeners.
(() => {
  "use strict";
  const YEAR = 31536000;
  const root = document.documentElement;
  const remember = (name, value) => {
    document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax`;
  };

  const chooseTheme = (theme) => {
    root.dataset.theme = theme;
    remember("theme", theme);
    for (const choice of document.querySelectorAll("[data-theme-choice]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === theme));
    }
    if (theme !== "system") root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent(theme === "system" ? "registry:follow" : "registry:theme"));
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.querySelector("[data-copy-word]").textContent = button.dataset.copied;
    document.getElementById(`${button.dataset.copy}-status`).textContent = button.dataset.copied;
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
    const theme = event.target.closest("[data-theme-choice]");
    if (theme) chooseTheme(theme.dataset.themeChoice);
    const copied = event.target.closest("[data-copy]");
    if (copied) copy(copied);
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
