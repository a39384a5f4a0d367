// The one picker, for traits, events and segments: a button that opens a search box over a list (ARIA combobox).
((B) => {
  "use strict";
  const { html } = B;
  const { useState, useEffect, useRef, useMemo } = B.hooks;
  const MOST = 80; // rows drawn at once; the search finds the rest
  let count = 0;

  /** How well an option answers a search: its whole name, the beginning of it, of a word in it, or something else. */
  const score = (option, query) => {
    const label = option.label.toLowerCase();
    if (label === query) return 3;
    return label.startsWith(query) ? 2 : Number(label.includes(` ${query}`));
  };

  /** The rows that hold all words of the search, in their groups; the group with the best answer comes first. */
  const ranked = (groups, written) => {
    const query = written.trim().toLowerCase();
    const words = query.split(/\s+/).filter(Boolean);
    const found = groups.map(({ label, options }) => {
      const rows = options.filter((option) => {
        const text = `${option.label} ${option.key ?? ""} ${option.hint ?? ""} ${label}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      if (words.length) rows.sort((one, other) => score(other, query) - score(one, query));
      return { label, rows, best: words.length && rows.length ? score(rows[0], query) : 0 };
    });
    found.sort((one, other) => other.best - one.best);
    return found.flatMap(({ label, rows }) => rows.map((row, place) => ({ ...row, group: place ? null : label }))).slice(0, MOST);
  };

  const List = ({ groups, label, onPick, onClose }) => {
    const [query, setQuery] = useState("");
    const [active, setActive] = useState(0);
    const [id] = useState(() => `picker-${(count += 1)}`);
    const place = useRef();
    const rows = useMemo(() => ranked(groups, query), [groups, query]);
    useEffect(() => {
      const box = place.current;
      box.querySelector("input").focus({ preventScroll: true });
      const over = box.getBoundingClientRect().right - document.documentElement.clientWidth + 12;
      if (over > 0) box.style.left = `-${over}px`;
      box.scrollIntoView({ block: "nearest" });
    }, []);
    useEffect(() => {
      place.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    }, [active]);
    const onKey = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !event.altKey) setActive((active + step + rows.length) % Math.max(rows.length, 1));
      else if (event.key === "Home") setActive(0);
      else if (event.key === "End") setActive(rows.length - 1);
      else if (event.key === "Enter") rows[active] && onPick(rows[active]);
      else if (event.key === "Escape") onClose(true);
      else {
        if (event.key === "Tab") onClose(false);
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    };
    const leave = (event) => place.current?.contains(event.relatedTarget) || onClose(false);
    return html`<div class="picker-list" ref=${place} onKeyDown=${onKey} onFocusOut=${leave}>
      <input class="form-control" type="text" role="combobox" aria-label=${label} aria-expanded="true" aria-controls=${id} aria-autocomplete="list"
        aria-activedescendant=${rows.length ? `${id}-${active}` : undefined} placeholder=${B.t("Search")} value=${query} autocomplete="off"
        onInput=${(event) => {
          setQuery(event.target.value);
          setActive(0);
        }} />
      <ul role="listbox" id=${id} aria-label=${label}>
        ${rows.flatMap((row, index) => [
          row.group && html`<li class="picker-group" role="presentation" key=${`${row.group}-group`}>${row.group}</li>`,
          html`<li role="option" key=${`${row.kind}-${row.key}`} id=${`${id}-${index}`} aria-selected=${String(index === active)} class="picker-option"
            onMouseDown=${(event) => event.preventDefault()} onMouseMove=${() => index === active || setActive(index)} onClick=${() => onPick(row)}>
            <${B.Icon} name=${row.icon} /><span class="picker-label">${row.label}</span><span class="picker-hint">${row.hint}</span></li>`,
        ])}
        ${rows.length ? null : html`<li class="picker-nothing" role="option" aria-disabled="true" aria-selected="false">${B.t("Nothing is called that.")}</li>`}
      </ul>
    </div>`;
  };

  /** `groups` is a function, so that lists are made only when somebody looks. `onPick` is given the row. */
  B.Picker = ({ text, icon, label, groups, onPick, part = "pick", plain }) => {
    const [isOpen, setOpen] = useState(false);
    const button = useRef();
    const made = useMemo(() => (isOpen ? groups() : []), [isOpen]);
    const close = (returns) => {
      setOpen(false);
      if (returns) button.current.focus();
    };
    return html`<span class="picker">
      <button type="button" ref=${button} class=${plain ? "link-button" : `picker-button ${text ? "" : "picker-empty"}`} data-part=${part}
        aria-haspopup="listbox" aria-expanded=${String(isOpen)} aria-label=${text ? `${label}: ${text}` : label} onClick=${() => setOpen(!isOpen)}>
        <${B.Icon} name=${icon} /><span>${text || label}</span></button>
      ${isOpen && html`<${List} groups=${made} label=${label} onClose=${close} onPick=${(row) => {
        close(true);
        onPick(row);
      }} />`}
    </span>`;
  };

  const byName = (one, other) => one.label.localeCompare(other.label);
  const traitRow = (trait, prefix = "") => ({
    kind: "trait",
    key: prefix + trait.key,
    label: trait.label,
    icon: B.iconOf(trait.type),
    hint: trait.source ?? "",
    type: trait.type,
  });

  B.eventRows = () =>
    B.eventNames().map((event) => ({ kind: "event", key: event.name, label: event.label, icon: "bolt", hint: event.source ?? "" })).sort(byName);

  /** Everything that a condition of this unit can be about. */
  B.ruleGroups = (unit) => {
    const groups = [{ label: unit === "profile" ? B.t("What people did") : B.t("What happened there"), options: B.eventRows() }];
    groups.push({ label: unit === "profile" ? B.t("Who they are") : B.t("What the company is like"), options: B.traitsOf(unit).map((trait) => traitRow(trait)).sort(byName) });
    if (unit === "profile")
      groups.push({ label: B.t("Their company"), options: B.traitsOf("company").map((trait) => traitRow(trait, "company.")).sort(byName) });
    const segments = B.segmentsOf(unit).map((each) => ({ kind: "segment", key: each.key, label: each.label, icon: "users-group", hint: each.source }));
    groups.push({ label: B.t("Segments"), options: segments.sort(byName) });
    groups.push({ label: B.t("More"), options: moreRows(unit) });
    return groups.filter((group) => group.options.length);
  };

  const moreRows = (unit) => [
    { kind: "sequence", label: B.t("Steps in this order"), icon: "timeline", hint: "" },
    unit === "profile"
      ? { kind: "company", label: B.t("Several things about their company"), icon: "building", hint: "" }
      : { kind: "people", label: B.t("Something about their people"), icon: "users", hint: "" },
    { kind: "everyone", label: unit === "profile" ? B.t("Everyone") : B.t("Every company"), icon: "users-group", hint: "" },
  ];
})(window.Builder);
