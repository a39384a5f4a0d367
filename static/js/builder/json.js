// The rule as JSON: the field of the form itself, with what is wrong at each path.
((B) => {
  "use strict";
  const { html, store } = B;
  const { render } = window.preact;
  const field = document.getElementById("id_definition");
  const box = document.getElementById("builder-json");
  const errors = document.getElementById("json-errors");

  B.showView = (view) => {
    store.view = view;
    B.show();
    if (view === "json") field.focus();
  };

  /** Where in a JSON text the value at a path of the server's errors begins and ends; null where it is not there. */
  B.locate = (text, path) => {
    const steps = [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, index, quoted, word]) =>
      index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(`"${quoted}"`) : word);
    let at = 0;
    const space = () => {
      while (/\s/.test(text[at] ?? "")) at += 1;
    };
    const string = () => {
      const found = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(at))?.[0] ?? text[at];
      at += found.length;
      return found;
    };
    const value = (rest) => {
      space();
      const from = at;
      let found = null;
      const isList = text[at] === "[";
      if (isList || text[at] === "{") {
        at += 1;
        for (let index = 0; at < text.length; index += 1) {
          space();
          if (text[at] === "]" || text[at] === "}") break;
          let key = index;
          if (!isList) {
            key = JSON.parse(string());
            space();
            at += 1;
          }
          const inner = value(rest && rest[0] === key ? rest.slice(1) : null);
          found ??= inner;
          space();
          if (text[at] === ",") at += 1;
        }
        at += 1;
      } else if (text[at] === '"') string();
      else while (at < text.length && !/[\s,\]}]/.test(text[at])) at += 1;
      if (found) return found;
      return rest && !rest.length ? [from, at] : null;
    };
    try {
      return value(steps);
    } catch {
      return null;
    }
  };

  const nearest = (path) => {
    for (let part = path; part; part = part.slice(0, Math.max(part.lastIndexOf("."), part.lastIndexOf("[")))) {
      const found = B.locate(field.value, part);
      if (found) return found;
    }
    return [0, 0];
  };

  const jump = (path) => {
    const [from, to] = nearest(path);
    field.focus();
    field.setSelectionRange(from, to);
    const line = field.value.slice(0, from).split("\n").length - 1;
    field.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(field).lineHeight));
  };

  const Errors = () => html`<ul class="json-list">${Object.entries(store.errors).map(([path, text]) => html`<li key=${path}>
    <button type="button" class="link-button" onClick=${() => jump(path)}><code>${path || B.t("the definition")}</code></button> ${text}</li>`)}</ul>`;

  /** Draw what belongs to the view of the moment. */
  B.drawJson = () => {
    box.hidden = store.view !== "json";
    render(html`<${Errors} />`, errors);
  };

  field.addEventListener("input", (event) => {
    if (event.detail !== "builder") B.editText(field.value);
  });
})(window.Builder);
