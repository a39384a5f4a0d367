// Small controls that all lines are made of.
((B) => {
  "use strict";
  const { h, createContext } = window.preact;
  const { useState, useEffect, useRef } = window.preactHooks;
  const html = window.htm.bind(h);
  const sprite = document.getElementById("builder").dataset.icons;
  B.html = html;
  B.hooks = window.preactHooks;
  B.createContext = createContext;

  B.Icon = ({ name }) => html`<svg class="icon" aria-hidden="true" focusable="false"><use href=${`${sprite}#${name}`} /></svg>`;

  /** A choice of a few. `options` are pairs of a value and what it is called. */
  B.Choice = ({ label, value, options, onChange, part }) => html`
    <select class="form-select line-select" aria-label=${label} data-part=${part} value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.some(([each]) => each === value) ? null : html`<option value=${value ?? ""}>${value ?? "…"}</option>`}
      ${options.map(([each, name]) => html`<option value=${each} selected=${each === value}>${name}</option>`)}
    </select>`;

  B.TextInput = ({ label, value, onInput, wide, placeholder }) => html`
    <input class=${`form-control line-input ${wide ? "line-wide" : ""}`} type="text" aria-label=${label} placeholder=${placeholder}
      value=${value ?? ""} onInput=${(event) => onInput(event.target.value)} autocomplete="off" />`;

  const asNumber = (text) => {
    const number = Number(text.replace(",", "."));
    return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
  };

  /** A number as it is typed: what is no number yet counts as nothing, and stays to be read. */
  B.NumberInput = ({ label, value, onInput, whole, placeholder }) => {
    const [text, setText] = useState(value ?? "");
    const shown = typeof value === "number" && asNumber(String(text)) !== value ? String(value) : text;
    const type = (typed) => {
      setText(typed);
      const number = asNumber(typed);
      onInput(whole && !Number.isInteger(number) ? undefined : number);
    };
    return html`<input class="form-control line-input line-number" type="text" inputmode="decimal" aria-label=${label} autocomplete="off"
      placeholder=${placeholder} value=${shown} onInput=${(event) => type(event.target.value)} />`;
  };

  /** Values one by one: Enter adds what is typed, as does leaving the field; several lines are several values. */
  B.Tokens = ({ label, values, read, onChange, known = [] }) => {
    const [text, setText] = useState("");
    const add = (typed) => {
      const fresh = typed.split("\n").map((each) => read(each.trim())).filter((each) => each !== undefined && !values.includes(each));
      if (fresh.length) onChange([...values, ...fresh]);
      if (fresh.length || values.includes(read(typed.trim()))) setText("");
    };
    const word = text.trim().toLowerCase();
    const isMeant = ([value, words]) => !values.includes(value) && words.some((each) => each.toLowerCase() === word);
    const meant = Object.entries(known.synonyms ?? {}).filter(isMeant).map(([value]) => value);
    const take = (value) => {
      onChange([...values, value]);
      setText("");
    };
    const onKey = (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        if (!event.ctrlKey) event.stopPropagation();
        add(text);
      } else if (event.key === "Backspace" && !text && values.length) onChange(values.slice(0, -1));
    };
    return html`<span class="tokens">
      ${known.map((value) => html`<button type="button" class="pill" key=${`pill-${value}`} aria-pressed=${String(values.includes(value))}
        onClick=${() => onChange(values.includes(value) ? values.filter((each) => each !== value) : [...values, value])}>${value}</button>`)}
      ${values.filter((value) => !known.includes(value)).map((value) => html`<span class="token" key=${value}>${value === "" ? B.t("empty") : String(value)}
        <button type="button" class="token-remove" aria-label=${B.fill(B.t("Remove %(value)s"), { value })}
          onClick=${() => onChange(values.filter((each) => each !== value))}><${B.Icon} name="x" /></button></span>`)}
      <input class="form-control line-input" type="text" aria-label=${label} placeholder=${values.length ? B.t("or…") : B.t("value")} value=${text}
        autocomplete="off" onInput=${(event) => setText(event.target.value)} onKeyDown=${onKey} onBlur=${() => add(text)}
        onPaste=${(event) => {
          const pasted = event.clipboardData.getData("text");
          if (!pasted.includes("\n")) return;
          event.preventDefault();
          add(pasted);
        }} />
      ${meant.map((value) => html`<button type="button" class="pill" key=${`meant-${value}`} aria-pressed="false"
        onMouseDown=${(event) => event.preventDefault()} onClick=${() => take(value)}>${B.fill(B.t("%(value)s is stored for it"), { value })}</button>`)}
    </span>`;
  };

  /** One of a few, all of them to be seen. */
  B.Segmented = ({ label, value, options, onChange, part }) => html`<span class="segmented" role="group" aria-label=${label}>
    ${options.map(([each, name], place) => html`<button type="button" data-part=${place ? undefined : part} aria-pressed=${String(each === value)}
      onClick=${() => each === value || onChange(each)}>${name}</button>`)}</span>`;

  /** A menu behind three dots. `entries` are {label, icon, run, checked}; those without `run` are left out. */
  B.Menu = ({ label, entries }) => {
    const [isOpen, setOpen] = useState(false);
    const place = useRef();
    useEffect(() => {
      if (isOpen) place.current.querySelector("[role^=menuitem]")?.focus();
    }, [isOpen]);
    const close = () => {
      setOpen(false);
      place.current.querySelector("button").focus();
    };
    const onKey = (event) => {
      if (!isOpen) return;
      const items = [...place.current.querySelectorAll("[role^=menuitem]")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !event.altKey) {
        event.preventDefault();
        items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    };
    const leave = (event) => place.current.contains(event.relatedTarget) || setOpen(false);
    return html`<span class="line-menu" ref=${place} onKeyDown=${onKey} onFocusOut=${leave}>
      <button type="button" class="icon-button" aria-label=${label} aria-haspopup="menu" aria-expanded=${String(isOpen)}
        onClick=${() => setOpen(!isOpen)}><${B.Icon} name="dots" /></button>
      ${isOpen && html`<div class="menu-list" role="menu" aria-label=${label}>
        ${entries.filter((entry) => entry?.run).map((entry) => html`<button type="button" tabindex="-1"
          role=${entry.checked === undefined ? "menuitem" : "menuitemcheckbox"} aria-checked=${entry.checked === undefined ? undefined : String(entry.checked)}
          onClick=${() => {
            close();
            entry.run();
          }}><${B.Icon} name=${entry.checked ? "check" : entry.icon ?? "circle-dashed"} />${entry.label}</button>`)}
      </div>`}
    </span>`;
  };
})(window.Builder);
