// Draws the builder, and moves the focus to where an edit has sent it.
((B) => {
  "use strict";
  const { html, store } = B;
  const { render } = window.preact;
  const place = document.getElementById("builder");
  const VIEWS = [["lines", B.t("Conditions")], ["json", B.t("JSON")]];

  const Builder = () => html`
    <div class="builder-head">
      <h2 class="card-title">${B.t("Rule")}</h2>
      <button type="button" class="link-button link-quiet" disabled=${!B.canUndo()} onClick=${B.undo}><${B.Icon} name="arrow-back-up" />${B.t("Undo")}</button>
      <button type="button" class="link-button link-quiet" disabled=${!B.canRedo()} onClick=${B.redo}><${B.Icon} name="arrow-forward-up" />${B.t("Redo")}</button>
      <${B.Segmented} label=${B.t("Show the rule as")} value=${store.view} options=${VIEWS} onChange=${B.showView} />
    </div>
    ${store.view === "lines" && (store.document
      ? html`<${B.Root} document=${store.document} />`
      : html`<p class="group-empty">${B.t("The JSON can’t be drawn as conditions. It is kept as you wrote it: correct it under JSON.")}</p>`)}`;

  const moveFocus = ({ id, part }) => {
    const box = place.querySelector(`[data-node="${id}"]`);
    const controls = [...(box?.querySelectorAll("button, input, select") ?? [])];
    const pick = box?.querySelector("[data-part=pick], [data-part=first], [data-part=add]") ?? controls[0];
    if (part === "after-pick") {
      const after = controls[controls.indexOf(box.querySelector("[data-part=pick]")) + 1];
      (box.querySelector("[data-part=op]") ?? after ?? pick)?.focus();
    } else if (part === "add") box?.querySelector("[data-part=add]")?.focus();
    else pick?.focus();
    if (part === "open") pick?.click();
  };

  const draw = () => {
    const active = document.activeElement;
    render(html`<${Builder} />`, place);
    B.drawJson();
    if (store.focus) {
      const focus = store.focus;
      store.focus = null;
      moveFocus(focus);
    } else if (active && active !== document.activeElement && place.contains(active)) active.focus();
  };

  B.onChange(draw);
  document.getElementById("rule-card").addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) B.redo();
    else B.undo();
  });
  B.show();
})(window.Builder);
