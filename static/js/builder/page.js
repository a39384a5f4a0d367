// What surrounds the rule: the count, the key that follows the name, the draft that is kept, and leaving the page.
((B) => {
  "use strict";
  const EVERY = 10000; // milliseconds between two drafts
  const form = document.getElementById("builder-form");
  const panel = document.getElementById("preview");
  const kept = document.getElementById("draft-kept");
  const goals = document.getElementById("goals");
  const byId = (id) => document.getElementById(id);
  const written = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
  let saved = "unsaved" in form.dataset ? null : written();
  let drafted = saved;
  let leaves = false;

  // The count
  const isPanel = (event) => event.target === panel || event.detail?.target === panel;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPanel(event)) B.sent();
  });
  for (const name of ["htmx:afterSwap", "htmx:after:swap"]) {
    document.addEventListener(name, (event) => {
      const told = isPanel(event) && byId("preview-data");
      if (told) B.answer(JSON.parse(told.textContent));
    });
  }
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      if (isPanel(event)) panel.replaceChildren(failed());
    });
  }
  const failed = () => {
    const card = document.createElement("div");
    card.className = "card card-body";
    const said = document.createElement("p");
    said.textContent = form.dataset.failed;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm";
    again.dataset.countAgain = "";
    again.textContent = B.t("Try again");
    card.append(said, again);
    return card;
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-count-again]")) panel.dispatchEvent(new CustomEvent("builder:again"));
  });

  // What is counted
  byId("id_unit")?.addEventListener("change", (event) => {
    if (B.store.document) B.edit([], (it) => B.change(it, { unit: event.target.value }));
  });
  B.onChange(() => {
    if (goals) goals.hidden = !B.store.document || (B.store.document.rule?.all?.length ?? 1) > 0;
    const unit = byId("id_unit");
    if (unit && B.store.document) unit.value = B.store.document.unit;
  });

  // The key follows the name until somebody writes one
  const key = byId("id_key");
  const slug = (name) =>
    name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 100);
  if (key) {
    let follows = !key.value || key.value === slug(byId("id_name").value);
    byId("id_name").addEventListener("input", (event) => {
      if (follows) key.value = slug(event.target.value);
    });
    key.addEventListener("input", () => {
      follows = !key.value;
    });
  }

  // The draft
  const keep = async () => {
    const now = written();
    if (now === drafted || now === saved || leaves) return;
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (leaves) return;
    if (answer?.ok) drafted = now;
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
    kept.textContent = answer?.ok ? B.fill(B.t("Kept for you at %(time)s."), { time }) : B.t("What you write can’t be kept at the moment.");
  };
  setInterval(keep, EVERY);

  // Leaving
  form.addEventListener("submit", () => {
    leaves = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaves && written() !== saved) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=save]"));
    }
  });
  form.addEventListener("keydown", (event) => {
    // Enter in a field of one line must not publish
    if (event.key === "Enter" && event.target.matches("input:not([type=submit])") && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
})(window.Builder);
